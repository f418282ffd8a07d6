"""Ten probabilities of several answers, digit by digit, side by side.

Owns the figure; knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.figures.look import NO_BUTTONS, Figure
from lab.texts import text

COLOURS = ("@blue", "@orange", "@gray")
PATTERNS = ("", "/", ".")  # never colour alone


@dataclass(frozen=True)
class Probabilities:
    """Named rows of ten probabilities."""

    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]


def probabilities_data(answers: Mapping[str, Sequence[float]]) -> Probabilities:
    """The rows of a figure from name -> ten probabilities.

    Raises: ValueError for a row that is not ten long.
    """
    for name, row in answers.items():
        if len(row) != 10:
            raise ValueError(f"probabilities {name!r}: {len(row)}; expected: 10")
    return Probabilities(tuple(answers), tuple(tuple(float(p) for p in row) for row in answers.values()))


def probabilities_figure(data: Probabilities) -> Figure:
    """Grouped bars over the ten digits, one group member per name."""
    rows = enumerate(zip(data.names, data.rows, strict=True))
    return {
        "data": [_bars(index, name, row) for index, (name, row) in rows],
        "layout": {
            "barmode": "group",
            "xaxis": {"title": {"text": text("figures.draw.digit")}, "type": "category"},
            "yaxis": {"title": {"text": text("figures.draw.probability")}, "range": [0, 1.02]}
            | {"tickformat": ".0%"},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "hovermode": "closest",
            "modebar": NO_BUTTONS,
        },
    }


def _bars(index: int, name: str, row: Sequence[float]) -> Figure:
    told = text("figures.draw.with_share", name=name, digit="%{x}", share="%{y:.1%}")
    return {
        "type": "bar",
        "x": [str(digit) for digit in range(10)],
        "y": list(row),
        "name": name,
        "marker": {"color": COLOURS[index % 3], "pattern": {"shape": PATTERNS[index % 3]}},
        "hovertemplate": f"{told}<extra></extra>",
    }
