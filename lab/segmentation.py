"""A number written across a canvas, taken apart into digits in reading order.

Strokes stay strokes: pieces that overlap from left to right belong to one digit, so a 5 with its bar apart or
a crossed 7 stays whole. Pixels are parted into connected components and joined by the same rule. Where boxes
leave it open - a 4 whose bar stands apart, two rows of digits - the caller can say whether the parts or the whole
look more like digits; so it can for what is too wide, which is cut at its thinnest places. Knows no network:
likeness is a function it is given.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lab.drawing import Drawing, Ink, Points, moved_to_origin

Box = tuple[float, float, float, float]
Likeness = Callable[[Sequence[Drawing | Ink]], Sequence[float]]

JOIN = 0.45  # boxes that share this part of the narrower one are one digit
NEAR = 0.12  # so are a small piece and its neighbour closer than this share of the line's height
SMALL = 0.35  # a piece lower than this share of the line's height cannot stand alone as a digit
CLOSE = 0.12  # pieces side by side and closer than this may be one digit: likeness decides
UPRIGHT = 0.4  # pieces above one another and closer than this are one digit, unless both could be digits
TALL = 0.5  # higher than this share of the line's height, a piece above or below another could be a digit
ALIKE = 0.6  # heights in this ratio or nearer to 1 are those of digits in one row
# By likeness, 0 for a usual digit and -1 at the judge's limit. Found on pen digits: pieces pushed apart come together
# far more often, and about one pair of digits in a hundred, written close and unevenly, is wrongly taken for one.
WHOLE = -0.6  # less like a digit than this, pieces are not put together
MARGIN = 0.3  # what the whole may lie below the least digit-like of its pieces
UNEVEN_MARGIN = 0.6  # the same where their feet do not stand on one line: digits of a number mostly do
ROWS_MARGIN = -0.6  # the same where they seem to stand in two rows: the whole has to be far better
FEET = 0.28  # of their joint height: feet further apart than this do not stand on one line
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
    whole: bool = False  # put together by likeness: not to be cut again

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


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
    pieces = [_Piece(_stroke_box(stroke, half), (i,)) for i, stroke in enumerate(drawing.strokes)]

    def alone(piece: _Piece) -> Drawing:
        strokes = tuple(drawing.strokes[i] for i in sorted(piece.parts))
        return moved_to_origin(Drawing(strokes, drawing.width, drawing.height, drawing.brush), half)

    joined = _joined(_crossing_joined(pieces, drawing.strokes, drawing.brush), alone, likeness)
    return tuple(Glyph(piece.box, alone(piece)) for piece in _in_reading_order(joined)[:MAX_GLYPHS])


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

    def alone(piece: _Piece) -> Ink:
        left, top, right, bottom = (int(edge) for edge in piece.box)
        place = slice(max(top - 1, 0), bottom + 1), slice(max(left - 1, 0), right + 1)
        near = ndimage.binary_dilation(np.isin(labels[place], piece.parts))
        return np.where(near, ink[place], 0.0).astype(np.float32)

    glyphs = []
    for piece in _in_reading_order(_joined(pieces, alone, likeness))[:MAX_GLYPHS]:
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


def _gap(one: Box, two: Box, axis: int) -> float:
    """The paper between two boxes along an axis; negative where they overlap."""
    return max(one[axis], two[axis]) - min(one[axis + 2], two[axis + 2])


def _joined(
    pieces: list[_Piece], alone: Callable[[_Piece], Drawing | Ink], likeness: Likeness | None
) -> list[_Piece]:
    """Pieces of one digit put together, dust left out; `alone` is the ink of a piece."""
    if not pieces:
        return []
    line = float(
        np.median(sorted((piece.height for piece in pieces), reverse=True)[: max(1, len(pieces) // 2)])
    )
    large = [p for p in pieces if max(p.height, p.width) >= SPECK * line]

    def belongs(one: _Piece, two: _Piece, reach: float) -> bool:
        small = min(one.height, two.height) < SMALL * line
        if _overlap(one.box, two.box, 0) >= JOIN:
            above = _gap(one.box, two.box, 1)
            return above < reach * line and (above <= 0 or min(one.height, two.height) < TALL * line)
        gap = _gap(one.box, two.box, 0)
        return small and gap < NEAR * line and _overlap(one.box, two.box, 1) > 0

    # the nearest first: the bar of a 5 belongs to it and not to the digit in the row above
    for reach in (NEAR, UPRIGHT):
        large = _merged(large, partial(belongs, reach=reach))
    if likeness is None or len(large) > 2 * MAX_GLYPHS:
        return _merged(large, lambda one, two: _above(one, two, line) and not _in_rows(one, two, large))
    return _joined_by_likeness(large, line, alone, likeness)


def _above(one: _Piece, two: _Piece, line: float) -> bool:
    """Whether one piece stands so close above the other that they could be one digit."""
    return _overlap(one.box, two.box, 0) >= JOIN and _gap(one.box, two.box, 1) < UPRIGHT * line


def _beside(one: _Piece, two: _Piece, line: float) -> bool:
    """Whether two pieces stand so close side by side that they could be one digit."""
    return _gap(one.box, two.box, 0) < CLOSE * line and _overlap(one.box, two.box, 1) > ROW


def _in_rows(one: _Piece, two: _Piece, pieces: Sequence[_Piece]) -> bool:
    """Whether a piece beside one of the two is as high as it alone: then they are digits of two rows."""
    return any(
        _overlap(piece.box, other.box, 1) > ROW
        and _overlap(piece.box, other.box, 0) < JOIN
        and min(piece.height, other.height) > ALIKE * max(piece.height, other.height)
        for piece in (one, two)
        for other in pieces
        if other is not one and other is not two
    )


def _margin(one: _Piece, two: _Piece, line: float, pieces: Sequence[_Piece]) -> float:
    """What two pieces put together may lie below the least digit-like of the two."""
    if _above(one, two, line):
        return ROWS_MARGIN if _in_rows(one, two, pieces) else MARGIN
    height = max(one.box[3], two.box[3]) - min(one.box[1], two.box[1])
    return UNEVEN_MARGIN if abs(one.box[3] - two.box[3]) > FEET * height else MARGIN


def _joined_by_likeness(
    pieces: Sequence[_Piece], line: float, alone: Callable[[_Piece], Drawing | Ink], likeness: Likeness
) -> list[_Piece]:
    """The pieces, joined in pairs as long as the whole is as much like a digit as its parts, the best first."""
    pieces, known = list(pieces), dict[tuple[int, ...], float]()

    def gain(way: tuple[_Piece, _Piece, _Piece]) -> float:
        one, two, both = way
        if known[both.parts] < WHOLE:
            return -1.0
        return known[both.parts] - min(known[one.parts], known[two.parts]) + _margin(one, two, line, pieces)

    while True:
        ways = [
            (one, two, replace(_together((one, two)), whole=True))
            for one, two in itertools.combinations(pieces, 2)
            if _above(one, two, line) or _beside(one, two, line)
        ]
        asked = {piece.parts: piece for way in ways for piece in way if piece.parts not in known}
        if asked:
            known.update(zip(asked, likeness([alone(piece) for piece in asked.values()]), strict=True))
        best = max(ways, key=gain, default=None)
        if best is None or gain(best) <= 0:
            return pieces
        one, two, both = best
        pieces = [both, *(piece for piece in pieces if piece is not one and piece is not two)]


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
