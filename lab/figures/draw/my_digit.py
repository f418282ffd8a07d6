"""One drawing through the epochs of a run: how sure the network was of each digit after each epoch.

Owns the figure; who answered, and on what, is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

PALETTE = (
    "#0877bd", "#f59322", "#2a9d6f", "#c2477f", "#7b61c9", "#8a6d3b", "#3fa7b5", "#cf4f46", "#6b7785", "#98a02e",
)  # fmt: skip


@dataclass(frozen=True)
class MyDigit:
    """Probabilities by epoch; the digits in the order of their last probability.

    Shapes: probabilities[digit][i] belongs to epochs[i].
    """

    epochs: tuple[int, ...]
    probabilities: tuple[tuple[float, ...], ...]
    best: tuple[int, ...]

    @property
    def leaders(self) -> tuple[int, ...]:
        """The digits that were ever ahead or above 5 %, the last best first."""
        last = sorted(range(10), key=lambda digit: -self.probabilities[digit][-1])
        return tuple(d for d in last if d in self.best or max(self.probabilities[d]) >= 0.05)


def my_digit_data(answers: Iterable[tuple[int, Sequence[float]]]) -> MyDigit:
    """The ten lines from (epoch, ten probabilities) pairs.

    Raises: ValueError when there are none.
    """
    rows = sorted((epoch, tuple(probabilities)) for epoch, probabilities in answers)
    if not rows:
        raise ValueError("no epoch has been saved yet; expected at least one")
    epochs = tuple(epoch for epoch, _ in rows)
    lines = tuple(tuple(probabilities[digit] for _, probabilities in rows) for digit in range(10))
    best = tuple(max(range(10), key=lambda digit: probabilities[digit]) for _, probabilities in rows)
    return MyDigit(epochs, lines, best)


def my_digit_figure(data: MyDigit) -> go.Figure:
    """One line per digit; those that mattered are thick and named at their end."""
    figure = go.Figure()
    leaders = data.leaders
    mode = "lines+markers" if len(data.epochs) <= 30 else "lines"
    for digit in sorted(range(10), key=lambda d: d in leaders):
        strong = digit in leaders
        figure.add_scatter(
            x=data.epochs,
            y=data.probabilities[digit],
            mode=mode,
            name=str(digit),
            legendrank=1000 + digit,
            line={"color": PALETTE[digit], "width": 3 if strong else 1},
            marker={"size": 7 if strong else 3},
            opacity=1.0 if strong else 0.45,
            hovertemplate=f"{digit}: %{{y:.1%}} after epoch %{{x}}<extra></extra>",
        )
    for digit in leaders[:3]:
        figure.add_annotation(
            x=data.epochs[-1],
            y=data.probabilities[digit][-1],
            text=f"<b>{digit}</b>",
            xanchor="left",
            xshift=10,
            showarrow=False,
            font={"size": 18, "color": PALETTE[digit]},
        )
    figure.update_xaxes(title="Epoch", tickformat="d", dtick=1 if len(data.epochs) <= 20 else None)
    figure.update_yaxes(title="Probability", range=[-0.02, 1.04], tickformat=".0%")
    figure.update_layout(height=380, margin={"l": 10, "r": 40, "t": 10, "b": 10}, legend_title_text="Digit")
    return figure
