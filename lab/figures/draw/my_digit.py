"""One drawing through the epochs of a run: how sure the network was of each digit after each epoch.

Owns the figure; who answered, and on what, is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lab.figures.look import NO_BUTTONS, Figure
from lab.texts import text

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
MARKED = 30  # epochs; the marks of more would touch
TICKED = 20
NAMED = 3


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
        raise ValueError("epochs: 0; allowed: 1+")
    epochs = tuple(epoch for epoch, _ in rows)
    lines = tuple(tuple(probabilities[digit] for _, probabilities in rows) for digit in range(10))
    best = tuple(max(range(10), key=lambda digit: probabilities[digit]) for _, probabilities in rows)
    return MyDigit(epochs, lines, best)


def my_digit_figure(data: MyDigit) -> Figure:
    """One line per digit; those that mattered are thick and named at their end."""
    leaders = data.leaders
    drawn_last = sorted(range(10), key=lambda digit: digit in leaders)
    ticks = {"dtick": 1} if len(data.epochs) <= TICKED else {}
    return {
        "data": [_line(data, digit, digit in leaders) for digit in drawn_last],
        "layout": {
            "annotations": [_name(data, digit) for digit in leaders[:NAMED]],
            "xaxis": {"title": {"text": text("figures.draw.epoch")}, "tickformat": "d", **ticks},
            "yaxis": {"title": {"text": text("figures.draw.probability")}, "range": [-0.02, 1.04]}
            | {"tickformat": ".0%"},
            "margin": {"l": 48, "r": 40, "t": 10, "b": 36},
            "legend": {"orientation": "v", "x": 1.02, "xanchor": "left", "y": 1, "yanchor": "top"}
            | {"title": {"text": text("figures.draw.digit")}},
            "hovermode": "closest",
            "modebar": NO_BUTTONS,
        },
    }


def _line(data: MyDigit, digit: int, strong: bool) -> Figure:
    told = text("figures.draw.after_epoch", digit=digit, share="%{y:.1%}", epoch="%{x}")
    return {
        "type": "scatter",
        "x": list(data.epochs),
        "y": list(data.probabilities[digit]),
        "mode": "lines+markers" if len(data.epochs) <= MARKED else "lines",
        "name": str(digit),
        "legendrank": 1000 + digit,
        "line": {"color": _colour(digit), "dash": DASHES[digit % 5], "width": 3 if strong else 1},
        "marker": {"size": 7 if strong else 3},
        "opacity": 1.0 if strong else 0.45,
        "hovertemplate": f"{told}<extra></extra>",
    }


def _name(data: MyDigit, digit: int) -> Figure:
    return {
        "x": data.epochs[-1],
        "y": data.probabilities[digit][-1],
        "text": f"<b>{digit}</b>",
        "xanchor": "left",
        "xshift": 10,
        "showarrow": False,
        "font": {"size": 16},
        "bgcolor": "@background",
        "bordercolor": _colour(digit),
        "borderwidth": 2,
        "borderpad": 2,
    }


def _colour(digit: int) -> str:
    return f"@chart-{digit + 1}"
