"""Pen strokes as values: what a pad sends, how it is checked, and how it looks as ink.

Owns `Drawing`, its JSON form and its rasterising at any brush. Knows no framing, no network and no page.
Ink everywhere is a float32 array (height, width): 0 is paper, 1 is ink.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lab.texts import text

Ink: TypeAlias = NDArray[np.float32]
Points: TypeAlias = NDArray[np.float32]

CANVAS_PX = 280.0
BRUSH_PX = 20.0
MAX_STROKES = 2_000
MAX_POINTS = 20_000
MAX_CANVAS_PX = 10_000.0
MAX_BRUSH_PX = 512.0
SHARE_OF_CANVAS = 0.6
SEEN_AT_MOST_PX = 560
# Below a step of any pen, in whatever unit a drawing comes; and what float32 can still tell apart of a far-off one.
NO_SIZE, NO_SHARE = 1e-4, 1e-4


class InkError(ValueError):
    """Strokes that cannot be a drawing; says which value is wrong and what is allowed."""


@dataclass(frozen=True)
class Drawing:
    """Pen strokes on a canvas.

    Shapes: each stroke (N, 2), x to the right, y down. Units: canvas pixels, also of the brush.
    """

    strokes: tuple[Points, ...]
    width: float = CANVAS_PX
    height: float = CANVAS_PX
    brush: float = BRUSH_PX

    @property
    def is_empty(self) -> bool:
        """True when there is not a single point."""
        return not self.strokes

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the pen's path, without the brush; zeros when empty."""
        if self.is_empty:
            return (0.0, 0.0, 0.0, 0.0)
        points = np.concatenate(self.strokes)
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def _number(value: object, what: str, low: float, high: float) -> float:
    # an integer of any length compares, though not every one fits a float
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e308:
        raise InkError(text("ink.not_finite", what=what, value=str(value)[:60]))
    if not low <= value <= high:
        raise InkError(text("ink.out_of_range", what=what, value=value, low=low, high=high))
    return float(value)


def _stroke(value: object, which: int) -> Points:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InkError(text("ink.no_points", stroke=which, got=type(value).__name__))
    reach = 100 * MAX_CANVAS_PX
    points = np.zeros((len(value), 2), dtype=np.float32)
    for number, point in enumerate(value):
        if not isinstance(point, Sequence) or isinstance(point, str | bytes) or len(point) < 2:
            raise InkError(text("ink.no_pair", stroke=which, point=number, value=str(point)[:60]))
        for axis, name in enumerate("xy"):
            what = text("ink.coordinate", stroke=which, point=number, axis=name)
            points[number, axis] = _number(point[axis], what, -reach, reach)
    return points


def parse_drawing(
    value: object, *, width: float = CANVAS_PX, height: float = CANVAS_PX, brush: float = BRUSH_PX
) -> Drawing:
    """A checked drawing from JSON-like data that nobody vouches for.

    `value` is `[[[x, y], ...], ...]` or `{"strokes": ..., "width": ..., "height": ..., "brush": ...}`; what a
    point carries after x and y (pressure, time) is left out, and so are strokes without points.
    Raises: InkError, naming the stroke, the point and the value.
    """
    if isinstance(value, Mapping):
        width, height = value.get("width", width), value.get("height", height)
        brush, value = value.get("brush", brush), value.get("strokes")
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InkError(text("ink.no_strokes", got=type(value).__name__))
    if len(value) > MAX_STROKES:
        raise InkError(text("ink.too_many_strokes", n=len(value), most=MAX_STROKES))
    total = sum(len(stroke) for stroke in value if isinstance(stroke, Sequence))
    if total > MAX_POINTS:
        raise InkError(text("ink.too_many_points", n=total, most=MAX_POINTS))
    strokes = (_stroke(stroke, number) for number, stroke in enumerate(value))
    return Drawing(
        tuple(stroke for stroke in strokes if len(stroke)),
        _number(width, "width", 1.0, MAX_CANVAS_PX),
        _number(height, "height", 1.0, MAX_CANVAS_PX),
        _number(brush, "brush", 0.5, MAX_BRUSH_PX),
    )


def drawing_json(drawing: Drawing) -> dict[str, Any]:
    """The drawing as plain JSON values, which `parse_drawing` reads back."""
    strokes = [[[round(float(x), 2), round(float(y), 2)] for x, y in s] for s in drawing.strokes]
    return {
        "strokes": strokes,
        "width": drawing.width,
        "height": drawing.height,
        "brush": drawing.brush,
    }


def unit_drawing(value: object, *, canvas: float = CANVAS_PX, brush: float = BRUSH_PX) -> Drawing:
    """Strokes in any unit, drawn in the middle of a square canvas with a longer side of 60 % of it.

    Points that lie closer together than `NO_SIZE`, or than `NO_SHARE` of how far off they are, are a dot.
    """
    drawing = parse_drawing(value, width=canvas, height=canvas, brush=brush)
    left, top, right, bottom = drawing.bounds()
    longer, far_off = max(right - left, bottom - top), max(map(abs, (left, top, right, bottom)))
    is_dot = longer < max(NO_SIZE, NO_SHARE * far_off)
    scale = 0.0 if is_dot else canvas * SHARE_OF_CANVAS / longer
    centre = np.array([(left + right) / 2, (top + bottom) / 2], dtype=np.float32)
    moved = tuple(((s - centre) * scale + canvas / 2).astype(np.float32) for s in drawing.strokes)
    return Drawing(moved, canvas, canvas, brush)


def rasterise(drawing: Drawing, brush: float | None = None, size: int | None = None) -> Ink:
    """The drawing as it is seen: round brush, smooth edges, `size` pixels on its longer side.

    Without `size` one canvas pixel is one pixel, up to 560.
    """
    longer = max(drawing.width, drawing.height)
    size = max(1, min(round(longer), SEEN_AT_MOST_PX) if size is None else size)
    smooth = 8 if size <= 64 else 4 if size <= 160 else 2
    scale = size / longer
    shape = max(1, round(drawing.height * scale)), max(1, round(drawing.width * scale))
    return paint(drawing.strokes, (brush or drawing.brush) * scale, scale, (0.0, 0.0), shape, smooth)


def paint(
    strokes: Sequence[Points],
    brush: float,
    scale: float,
    offset: tuple[float, float],
    shape: tuple[int, int],
    smooth: int,
) -> Ink:
    """Strokes times `scale` plus `offset` as ink of `shape`, painted `smooth` times finer, then averaged."""
    from PIL import Image, ImageDraw

    height, width = shape
    sheet = Image.new("L", (width * smooth, height * smooth))
    pen = ImageDraw.Draw(sheet)
    thick = max(brush * smooth, 1.0)
    radius = thick / 2
    for stroke in strokes:
        path = (stroke.astype(np.float64) * scale + offset) * smooth
        corners = _thinned(path, thick / 8).tolist()
        if thick >= 2:
            for x, y in corners:
                pen.ellipse((x - radius, y - radius, x + radius - 1, y + radius - 1), fill=255)
        if len(corners) > 1:
            pen.line([value for corner in corners for value in corner], fill=255, width=round(thick))
    if smooth > 1:
        sheet = sheet.reduce(smooth)
    return np.asarray(sheet, dtype=np.float32) / 255.0


def _thinned(path: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """The path without points that bring it on by less than `step`; its ends stay."""
    if len(path) < 3:
        return path
    along = np.concatenate(([0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()))
    on: NDArray[np.bool_] = np.diff(np.floor(along / step), prepend=-1.0) > 0
    on[-1] = True
    kept: NDArray[np.float64] = path[on]
    return kept


def moved_to_origin(drawing: Drawing, margin: float) -> Drawing:
    """The drawing on a canvas that is just its path and `margin` on each side."""
    left, top, right, bottom = drawing.bounds()
    shift = np.array([margin - left, margin - top], dtype=np.float32)
    moved = tuple(stroke + shift for stroke in drawing.strokes)
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    return replace(drawing, strokes=moved, width=width, height=height)
