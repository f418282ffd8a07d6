"""The loss over the training steps on one sample.

Owns the curve's values and its drawing. Knows no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lab.by_hand.update import Point

if TYPE_CHECKING:
    import plotly.graph_objects as go


def descent_data(points: Sequence[Point]) -> dict[str, Any]:
    """Steps and losses, as far as the loss is finite."""
    finite = [(point.taken, point.trace.loss) for point in points if point.trace.loss is not None]
    return {"step": [step for step, _ in finite], "loss": [loss for _, loss in finite]}


def descent_figure(data: dict[str, Any], log: bool = False) -> go.Figure:
    """The curve of the losses."""
    import plotly.graph_objects as go

    mode = "lines+markers" if len(data["step"]) <= 60 else "lines"
    drawn = go.Figure(
        go.Scatter(
            x=data["step"],
            y=data["loss"],
            mode=mode,
            line={"color": "#0877bd", "width": 3},
            hovertemplate="step %{x}<br>loss %{y:.4g}<extra></extra>",
        )
    )
    drawn.update_layout(
        height=300,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title="Training step",
        yaxis_title="Loss",
        uirevision="descent",
    )
    drawn.update_yaxes(type="log" if log else "linear", rangemode="normal" if log else "tozero")
    return drawn
