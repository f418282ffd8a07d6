"""A run's loss as a small line without axes: enough to see that it falls.

`thumbnail_data` scales the values into the picture, `thumbnail` draws it as SVG, which follows the theme of the page
that shows it. Knows no store.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from lab.figures.look import css

WIDTH, HEIGHT, MARGIN = 96, 28, 3
LINE, NOTHING = css("blue"), css("gray")


def thumbnail_data(curve: Sequence[float]) -> list[tuple[float, float]]:
    """The curve's points in the picture, the lowest value at the bottom; values that are no number are left out.

    Units: pixels from the upper left corner.
    """
    # Halved, so that the distance of any two is a number.
    known = [(index, value / 2) for index, value in enumerate(curve) if math.isfinite(value)]
    if len(known) < 2:
        return []
    values = [value for _, value in known]
    low, span = min(values), max(values) - min(values)
    first, last = known[0][0], known[-1][0]
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return [
        (
            round(MARGIN + wide * (index - first) / (last - first), 1),
            round(MARGIN + high * (1 - (value - low) / span if span else 0.5), 1),
        )
        for index, value in known
    ]


def thumbnail(points: Sequence[tuple[float, float]]) -> str:
    """The line as SVG; without points, an empty picture of the same size."""
    line = " ".join(f"{x},{y}" for x, y in points)
    drawn = (
        f'<polyline points="{line}" fill="none" style="stroke:{LINE}" stroke-width="1.8" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        if points
        else f'<path d="M{MARGIN} {HEIGHT / 2}H{WIDTH - MARGIN}" style="stroke:{NOTHING}" stroke-dasharray="2 4"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" style="color-scheme:light dark">{drawn}</svg>'
    )
