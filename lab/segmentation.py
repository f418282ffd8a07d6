"""A number written across a canvas, taken apart into digits in reading order.

Strokes stay strokes: pieces that overlap from left to right belong to one digit, so a 5 with its bar apart or
a crossed 7 stays whole. Pixels are parted into connected components and joined by the same rule; what is too
wide is cut at its thinnest places, where the caller can say that the parts look more like digits than the
whole. Knows no network: likeness is a function it is given.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.drawing import Drawing, Ink, Points, moved_to_origin

Box = tuple[float, float, float, float]
Likeness = Callable[[Sequence[Ink]], Sequence[float]]

JOIN = 0.45  # boxes that share this part of the narrower one are one digit
NEAR = 0.12  # so are a small piece and its neighbour closer than this share of the line's height
SMALL = 0.35  # a piece lower than this share of the line's height cannot stand alone as a digit
SPECK = 0.08  # lower and narrower than this share: dust
ROW = 0.35  # boxes that share less than this part of their height stand in different rows
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


@dataclass(eq=False)
class _Piece:
    """Ink that hangs together: a box and the numbers of its strokes or components."""

    box: Box
    parts: tuple[int, ...]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


def split_digits(source: Drawing | Ink, likeness: Likeness | None = None) -> tuple[Glyph, ...]:
    """The digits on a canvas or in a picture, from left to right and row by row; () when it is empty.

    `likeness` says how much each of some pieces of ink is like a digit; with it, digits that touch in a
    picture are parted where the parts are more like digits. At most 40 are found; the rest is left out.
    """
    if isinstance(source, Drawing):
        return _from_strokes(source)
    return _from_pixels(np.asarray(source, dtype=np.float32), likeness)


# --- strokes ----------------------------------------------------------------------------------------


def _from_strokes(drawing: Drawing) -> tuple[Glyph, ...]:
    half = drawing.brush / 2
    pieces = [_Piece(_stroke_box(stroke, half), (i,)) for i, stroke in enumerate(drawing.strokes)]
    joined = _joined(_crossing_joined(pieces, drawing.strokes, drawing.brush))
    glyphs = []
    for piece in _in_reading_order(joined)[:MAX_GLYPHS]:
        strokes = tuple(drawing.strokes[i] for i in sorted(piece.parts))
        one = Drawing(strokes, drawing.width, drawing.height, drawing.brush)
        glyphs.append(Glyph(piece.box, moved_to_origin(one, half)))
    return tuple(glyphs)


def _stroke_box(stroke: Points, half: float) -> Box:
    (left, top), (right, bottom) = stroke.min(axis=0), stroke.max(axis=0)
    return float(left) - half, float(top) - half, float(right) + half, float(bottom) + half


def _crossing_joined(pieces: list[_Piece], strokes: Sequence[Points], brush: float) -> list[_Piece]:
    """Strokes that run through one another are one digit; those that just touch at a side may be two."""

    def crosses(one: _Piece, two: _Piece) -> bool:
        deep = min(one.box[2], two.box[2]) - max(one.box[0], two.box[0]) - brush
        if deep <= 0.2 * min(one.width, two.width):
            return False
        first = np.concatenate([strokes[i] for i in one.parts])
        second = np.concatenate([strokes[i] for i in two.parts])
        gaps = np.linalg.norm(_dense(first)[:, None] - _dense(second)[None], axis=2)
        return bool(gaps.min() < brush)

    return _merged(pieces, crosses)


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
        _Piece((float(across.start), float(down.start), float(across.stop), float(down.stop)), (number + 1,))
        for number, (down, across) in enumerate(ndimage.find_objects(labels))
    ]
    pieces = sorted(pieces, key=lambda piece: -piece.height * piece.width)[: 8 * MAX_GLYPHS]
    glyphs = []
    for piece in _in_reading_order(_joined(pieces))[:MAX_GLYPHS]:
        left, top, right, bottom = (int(edge) for edge in piece.box)
        top, left = max(top - 1, 0), max(left - 1, 0)
        cut = ink[top : bottom + 1, left : right + 1]
        near = ndimage.binary_dilation(np.isin(labels[top : bottom + 1, left : right + 1], piece.parts))
        alone = np.where(near, cut, 0.0).astype(np.float32)
        glyphs += _parted(alone, left, top, likeness)
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
    inks = [[glyph.source for glyph in way if not isinstance(glyph.source, Drawing)] for way in ways]
    scores = [min(likeness(way)) for way in inks]
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


# --- what belongs together --------------------------------------------------------------------------


def _overlap(one: Box, two: Box, axis: int) -> float:
    """How much of the shorter side two boxes share; negative is a gap, in the same measure."""
    shared = min(one[axis + 2], two[axis + 2]) - max(one[axis], two[axis])
    return shared / max(min(one[axis + 2] - one[axis], two[axis + 2] - two[axis]), 1e-6)


def _together(pieces: Sequence[_Piece]) -> _Piece:
    boxes = [piece.box for piece in pieces]
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    box = float(low[0]), float(low[1]), float(high[2]), float(high[3])
    return _Piece(box, tuple(part for piece in pieces for part in piece.parts))


def _merged(pieces: list[_Piece], belongs: Callable[[_Piece, _Piece], bool]) -> list[_Piece]:
    """The pieces, joined in pairs as long as two of them belong together."""
    pieces = list(pieces)
    again = True
    while again:
        again = False
        for i in range(len(pieces)):
            for j in range(i + 1, len(pieces)):
                if belongs(pieces[i], pieces[j]):
                    pieces[i] = _together((pieces[i], pieces[j]))
                    del pieces[j]
                    again = True
                    break
            if again:
                break
    return pieces


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Pieces of one digit put together, dust left out."""
    if not pieces:
        return []
    line = float(
        np.median(sorted((piece.height for piece in pieces), reverse=True)[: max(1, len(pieces) // 2)])
    )
    large = [p for p in pieces if max(p.height, p.width) >= SPECK * line]

    def belongs(one: _Piece, two: _Piece) -> bool:
        if _overlap(one.box, two.box, 1) < -0.5 and min(one.height, two.height) > SMALL * line:
            return False  # one row above the other
        if _overlap(one.box, two.box, 0) >= JOIN:
            apart = max(one.box[1], two.box[1]) - min(one.box[3], two.box[3])
            return apart < 0.4 * line
        small = min(one.height, two.height) < SMALL * line
        gap = max(one.box[0], two.box[0]) - min(one.box[2], two.box[2])
        return small and gap < NEAR * line and _overlap(one.box, two.box, 1) > 0

    return _merged(large, belongs)


def _in_reading_order(pieces: list[_Piece]) -> list[_Piece]:
    """Row by row from the top, each from left to right."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[1] + piece.box[3]):
        row = next((row for row in rows if _overlap(_together(row).box, piece.box, 1) > ROW), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [piece for row in rows for piece in sorted(row, key=lambda piece: piece.box[0])]
