"""Ten probabilities of several answers, digit by digit, side by side.

Owns the figure; knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

COLOURS = ("#0877bd", "#f59322", "#6b7785")
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
            raise ValueError(f"{name}: {len(row)} probabilities; expected 10")
    return Probabilities(tuple(answers), tuple(tuple(float(p) for p in row) for row in answers.values()))


def probabilities_figure(data: Probabilities) -> go.Figure:
    """Grouped bars over the ten digits, one group member per name."""
    figure = go.Figure()
    for index, (name, row) in enumerate(zip(data.names, data.rows, strict=True)):
        figure.add_bar(
            x=[str(digit) for digit in range(10)],
            y=row,
            name=name,
            marker={"color": COLOURS[index % 3], "pattern": {"shape": PATTERNS[index % 3]}},
            hovertemplate=f"{name}: %{{x}} with %{{y:.1%}}<extra></extra>",
        )
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", title="Probability")
    figure.update_xaxes(title="Digit", type="category")
    figure.update_layout(
        barmode="group",
        height=300,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    return figure
