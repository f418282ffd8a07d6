"""The loss over the training steps on one sample.

Owns the curve's values and its drawing. Knows no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.by_hand.update import Point
from lab.figures.look import Figure
from lab.texts import text

MARKED = 60  # steps; the marks of more would touch


def descent_data(points: Sequence[Point]) -> dict[str, Any]:
    """Steps and losses, as far as the loss is finite."""
    finite = [(point.taken, point.trace.loss) for point in points if point.trace.loss is not None]
    return {"step": [step for step, _ in finite], "loss": [loss for _, loss in finite]}


def descent_figure(data: dict[str, Any], log: bool = False) -> Figure:
    """The curve of the losses."""
    hover = text("by_hand.curve.hover", step="%{x}", loss="%{y:.4g}")
    line = {
        "type": "scatter",
        "x": data["step"],
        "y": data["loss"],
        "mode": "lines+markers" if len(data["step"]) <= MARKED else "lines",
        "line": {"color": "@blue", "width": 3},
        "hovertemplate": f"{hover}<extra></extra>",
    }
    scale = {"type": "log", "rangemode": "normal"} if log else {"type": "linear", "rangemode": "tozero"}
    layout = {
        "margin": {"l": 48, "r": 12, "t": 10, "b": 36},
        "xaxis": {"title": {"text": text("by_hand.curve.step")}},
        "yaxis": {"title": {"text": text("by_hand.curve.loss")}, **scale},
        "showlegend": False,
        "hovermode": "closest",
    }
    return {"data": [line], "layout": layout}
