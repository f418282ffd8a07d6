"""A number written across a canvas, taken apart into digits in reading order.

Strokes stay strokes, pixels are parted into connected components; `lab.ink.grouping` says which of these pieces are one
digit. Owns finding the pieces, and cutting what is too wide at its thinnest places where the parts look more like
digits than the whole. Knows no network: likeness is a function it is given.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.ink.drawing import Drawing, Ink, Points, moved_to_origin
from lab.ink.grouping import Box, Likeness, Piece, gap, in_reading_order, joined, merged

MAYBE_WIDE = 0.95  # wider than this many heights: perhaps digits that touch
WIDE = 1.9  # wider than this: surely
MAX_GLYPHS = 40


@dataclass(frozen=True, eq=False)
class Glyph:
    """One digit of a number: its box in the units of the canvas or picture, and its ink, ready to be framed.

    The box is left, top, right, bottom, the width of the brush included.
    """

    box: Box
    source: Drawing | Ink


def split_digits(source: Drawing | Ink, likeness: Likeness | None = None) -> tuple[Glyph, ...]:
    """The digits on a canvas or in a picture, from left to right and row by row; () when it is empty.

    `likeness` says how much each of some pieces of ink is like a digit: 0 for a usual one, -1 at the limit.
    With it, pieces of a digit that stand apart are put together, and digits that touch in a picture are parted.
    At most 40 are found; the rest is left out.
    """
    if isinstance(source, Drawing):
        return _from_strokes(source, likeness)
    return _from_pixels(np.asarray(source, dtype=np.float32), likeness)


# --- strokes ----------------------------------------------------------------------------------------


def _from_strokes(drawing: Drawing, likeness: Likeness | None) -> tuple[Glyph, ...]:
    half = drawing.brush / 2
    pieces = [Piece(_stroke_box(stroke, half), (i,)) for i, stroke in enumerate(drawing.strokes)]

    def alone(piece: Piece) -> Drawing:
        strokes = tuple(drawing.strokes[i] for i in sorted(piece.parts))
        return moved_to_origin(Drawing(strokes, drawing.width, drawing.height, drawing.brush), half)

    found = joined(_crossing_joined(pieces, drawing.strokes, drawing.brush), alone, likeness)
    return tuple(Glyph(piece.box, alone(piece)) for piece in in_reading_order(found)[:MAX_GLYPHS])


def _stroke_box(stroke: Points, half: float) -> Box:
    (left, top), (right, bottom) = stroke.min(axis=0), stroke.max(axis=0)
    return float(left) - half, float(top) - half, float(right) + half, float(bottom) + half


def _crossing_joined(pieces: list[Piece], strokes: Sequence[Points], brush: float) -> list[Piece]:
    """Strokes that run through one another are one digit; those that just touch at a side may be two."""

    def crosses(one: Piece, two: Piece) -> bool:
        deep = -gap(one.box, two.box, 0) - brush
        if deep <= 0.2 * min(one.width, two.width):
            return False
        first = np.concatenate([strokes[i] for i in one.parts])
        second = np.concatenate([strokes[i] for i in two.parts])
        gaps = np.linalg.norm(_dense(first)[:, None] - _dense(second)[None], axis=2)
        return bool(gaps.min() < brush)

    return merged(pieces, crosses)


def _dense(points: Points) -> Points:
    """At most 120 of the points, evenly chosen."""
    return points[:: max(1, len(points) // 120)]


# --- pixels -----------------------------------------------------------------------------------------


def _from_pixels(ink: Ink, likeness: Likeness | None) -> tuple[Glyph, ...]:
    from scipy import ndimage

    labels, count = ndimage.label(ink > 0.35, structure=np.ones((3, 3)))
    if count == 0:
        return ()
    pieces = [
        Piece((float(across.start), float(down.start), float(across.stop), float(down.stop)), (number + 1,))
        for number, (down, across) in enumerate(ndimage.find_objects(labels))
    ]
    pieces = sorted(pieces, key=lambda piece: -piece.height * piece.width)[: 8 * MAX_GLYPHS]

    def alone(piece: Piece) -> Ink:
        left, top, right, bottom = (int(edge) for edge in piece.box)
        place = slice(max(top - 1, 0), bottom + 1), slice(max(left - 1, 0), right + 1)
        near = ndimage.binary_dilation(np.isin(labels[place], piece.parts))
        return np.where(near, ink[place], 0.0).astype(np.float32)

    glyphs = []
    for piece in in_reading_order(joined(pieces, alone, likeness))[:MAX_GLYPHS]:
        left, top = max(int(piece.box[0]) - 1, 0), max(int(piece.box[1]) - 1, 0)
        if piece.whole:
            glyphs += _cut_at([], alone(piece), left, top)
        else:
            glyphs += _parted(alone(piece), left, top, likeness)
    return tuple(glyphs[:MAX_GLYPHS])


def _parted(ink: Ink, left: int, top: int, likeness: Likeness | None) -> list[Glyph]:
    """The ink of one piece, cut at its thinnest columns if it is several digits that touch."""
    height, width = ink.shape
    whole = _cut_at([], ink, left, top)
    most = min(6, round(width / (0.45 * height)))
    if width < MAYBE_WIDE * height or most < 2 or (likeness is None and width < WIDE * height):
        return whole
    profile = ink.sum(axis=0)
    if likeness is None:
        return _cut_at(_cuts(profile, max(2, round(width / (0.75 * height)))), ink, left, top)
    ways = [whole, *(_cut_at(_cuts(profile, parts), ink, left, top) for parts in range(2, most + 1))]
    scores = [min(likeness([glyph.source for glyph in way])) for way in ways]
    return ways[int(np.argmax(scores))]


def _cut_at(cuts: Sequence[int], ink: Ink, left: int, top: int) -> list[Glyph]:
    """The ink between the cuts, each part in its own box."""
    glyphs = []
    for start, stop in itertools.pairwise((0, *cuts, ink.shape[1])):
        rows = np.flatnonzero((ink[:, start:stop] > 0.35).any(axis=1))
        if not rows.size:
            continue
        low, high = int(rows[0]), int(rows[-1]) + 1
        box = (float(left + start), float(top + low), float(left + stop), float(top + high))
        glyphs.append(Glyph(box, np.ascontiguousarray(ink[low:high, start:stop])))
    return glyphs


def _cuts(profile: NDArray[np.float32], parts: int) -> list[int]:
    """The columns with the least ink, each near one of the places that part the width evenly."""
    width = len(profile)
    cuts = []
    for number in range(1, parts):
        middle, reach = width * number / parts, width / parts / 3
        start, stop = round(middle - reach), round(middle + reach) + 1
        away = np.abs(np.arange(start, stop) - middle) / reach
        cuts.append(start + int(np.argmin(profile[start:stop] * (1 + 0.5 * away))))
    return cuts
