"""The confusion matrix of a run: which digits it takes for which.

`confusion_data` adds up, `confusion_figure` draws with the theme's colours by name ("@blue").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab.figures.look import NEGATIVE, POSITIVE, Figure, heading
from lab.texts import text


@dataclass(frozen=True)
class ConfusionData:
    """Counts by label (row) and answer (column), and the pairs confused most often.

    Shapes: counts (10, 10); shares are of each row.
    """

    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    worst: tuple[tuple[int, int, int], ...]


def confusion_data(counts: Sequence[Sequence[int]], pairs: int = 3) -> ConfusionData:
    """The matrix as shares of its rows, and its largest mistakes as (label, answer, how often)."""
    shares = tuple(tuple(n / max(1, sum(row)) for n in row) for row in counts)
    mistakes = [
        (label, answer, n)
        for label, row in enumerate(counts)
        for answer, n in enumerate(row)
        if label != answer and n
    ]
    mistakes.sort(key=lambda mistake: -mistake[2])
    return ConfusionData(tuple(tuple(row) for row in counts), shares, tuple(mistakes[:pairs]))


def confusion_figure(data: ConfusionData) -> Figure:
    """The counts in their cells: right answers in blue, mistakes in orange, both on a root scale."""
    size = len(data.counts)
    tones = [
        [(1 if i == j else -1) * share ** (0.5 if i == j else 0.35) for j, share in enumerate(row)]
        for i, row in enumerate(data.shares)
    ]
    names = [str(digit) for digit in range(size)]
    cell = text("figures.runs.confusion_cell", label="%{y}", answer="%{x}", n="%{customdata:,}")
    heat = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": tones,
        "zmin": -1,
        "zmax": 1,
        # Half of each, so that the counts can be read on it in the colour of all text.
        "colorscale": [[0, f"@{NEGATIVE}/0.5"], [0.5, "@background"], [1, f"@{POSITIVE}/0.5"]],
        "showscale": False,
        "text": [["" if n == 0 else f"{n:,}" for n in row] for row in data.counts],
        "texttemplate": "%{text}",
        "textfont": {"color": "@text"},
        "customdata": [list(row) for row in data.counts],
        "hovertemplate": f"{cell}<extra></extra>",
        "xgap": 1,
        "ygap": 1,
    }
    layout = {
        "title": heading(text("figures.runs.confusion")),
        "hovermode": "closest",
        "showlegend": False,
        "xaxis": {"title": {"text": text("figures.runs.answer")}, "type": "category", "showgrid": False},
        "yaxis": {
            "title": {"text": text("figures.runs.label")},
            "type": "category",
            "autorange": "reversed",
            "showgrid": False,
        },
    }
    return {"data": [heat], "layout": layout}
