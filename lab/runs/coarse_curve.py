"""A loss curve of any length kept at a few dozen points: the thumbnail of a run.

Owns how it grows and how it is written. Knows no run and no figure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

POINTS = 64


class CoarseCurve:
    """Mean losses of blocks of `stride` steps; when there are too many, neighbours are joined."""

    def __init__(self, stride: int = 1, points: Iterable[float] = ()) -> None:
        self.stride = stride
        self.points = list(points)
        self._open: list[float] = []

    def add(self, step: int, losses: Iterable[float | None]) -> None:
        """Append the losses of the steps that end at `step`; what was there from later steps goes."""
        values = [math.nan if loss is None else loss for loss in losses]
        first = step - len(values)
        if first < len(self.points) * self.stride + len(self._open):
            del self.points[first // self.stride :]
            self._open = []
        for value in values:
            self._open.append(value)
            if len(self._open) >= self.stride:
                self.points.append(math.fsum(self._open) / len(self._open))
                self._open = []
            if len(self.points) >= POINTS:
                pairs = zip(self.points[::2], self.points[1::2], strict=True)
                self.points = [(one + two) / 2 for one, two in pairs]
                self.stride *= 2

    def to_json(self) -> str:
        """The curve as text, four digits each; None where a loss was not finite."""
        points = [float(f"{point:.4g}") if math.isfinite(point) else None for point in self.points]
        return json.dumps([self.stride, points], separators=(",", ":"))


def coarse_curve_from_json(text: str) -> CoarseCurve:
    """The curve that `to_json` wrote; an empty text is an empty curve."""
    stride, points = json.loads(text) if text else (1, [])
    return CoarseCurve(stride, (math.nan if point is None else point for point in points))
