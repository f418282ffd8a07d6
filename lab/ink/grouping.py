"""Which pieces of ink are one digit of a number, and in which order digits are read.

Pieces that overlap from left to right belong to one digit, so a 5 with its bar apart or a crossed 7 stays whole.
Where boxes leave it open - a 4 whose bar stands apart, two rows of digits - the caller can say whether the parts or
the whole look more like digits. Knows neither strokes nor pixels: a piece is a box and the numbers of its parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from lab.ink.drawing import Drawing, Ink

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
MOST_ASKED = 80  # of more pieces, boxes alone decide


@dataclass(eq=False)
class Piece:
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


def gap(one: Box, two: Box, axis: int) -> float:
    """The paper between two boxes along an axis; negative where they overlap."""
    return max(one[axis], two[axis]) - min(one[axis + 2], two[axis + 2])


def _overlap(one: Box, two: Box, axis: int) -> float:
    """How much of the shorter side two boxes share; negative is a gap, in the same measure."""
    return -gap(one, two, axis) / max(min(one[axis + 2] - one[axis], two[axis + 2] - two[axis]), 1e-6)


def _together(pieces: Sequence[Piece]) -> Piece:
    boxes = [piece.box for piece in pieces]
    low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
    box = float(low[0]), float(low[1]), float(high[2]), float(high[3])
    return Piece(box, tuple(part for piece in pieces for part in piece.parts))


def merged(pieces: list[Piece], belongs: Callable[[Piece, Piece], bool]) -> list[Piece]:
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


def joined(
    pieces: list[Piece], alone: Callable[[Piece], Drawing | Ink], likeness: Likeness | None
) -> list[Piece]:
    """Pieces of one digit put together, dust left out; `alone` is the ink of a piece."""
    if not pieces:
        return []
    line = float(
        np.median(sorted((piece.height for piece in pieces), reverse=True)[: max(1, len(pieces) // 2)])
    )
    large = [p for p in pieces if max(p.height, p.width) >= SPECK * line]

    def belongs(one: Piece, two: Piece, reach: float) -> bool:
        small = min(one.height, two.height) < SMALL * line
        if _overlap(one.box, two.box, 0) >= JOIN:
            above = gap(one.box, two.box, 1)
            return above < reach * line and (above <= 0 or min(one.height, two.height) < TALL * line)
        beside = gap(one.box, two.box, 0)
        return small and beside < NEAR * line and _overlap(one.box, two.box, 1) > 0

    # the nearest first: the bar of a 5 belongs to it and not to the digit in the row above
    for reach in (NEAR, UPRIGHT):
        large = merged(large, partial(belongs, reach=reach))
    if likeness is None or len(large) > MOST_ASKED:
        return merged(large, lambda one, two: _above(one, two, line) and not _in_rows(one, two, large))
    return _joined_by_likeness(large, line, alone, likeness)


def _above(one: Piece, two: Piece, line: float) -> bool:
    """Whether one piece stands so close above the other that they could be one digit."""
    return _overlap(one.box, two.box, 0) >= JOIN and gap(one.box, two.box, 1) < UPRIGHT * line


def _beside(one: Piece, two: Piece, line: float) -> bool:
    """Whether two pieces stand so close side by side that they could be one digit."""
    return gap(one.box, two.box, 0) < CLOSE * line and _overlap(one.box, two.box, 1) > ROW


def _in_rows(one: Piece, two: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether a piece beside one of the two is as high as it alone: then they are digits of two rows."""
    return any(
        _overlap(piece.box, other.box, 1) > ROW
        and _overlap(piece.box, other.box, 0) < JOIN
        and min(piece.height, other.height) > ALIKE * max(piece.height, other.height)
        for piece in (one, two)
        for other in pieces
        if other is not one and other is not two
    )


def _margin(one: Piece, two: Piece, line: float, pieces: Sequence[Piece]) -> float:
    """What two pieces put together may lie below the least digit-like of the two."""
    if _above(one, two, line):
        return ROWS_MARGIN if _in_rows(one, two, pieces) else MARGIN
    height = max(one.box[3], two.box[3]) - min(one.box[1], two.box[1])
    return UNEVEN_MARGIN if abs(one.box[3] - two.box[3]) > FEET * height else MARGIN


def _joined_by_likeness(
    pieces: Sequence[Piece], line: float, alone: Callable[[Piece], Drawing | Ink], likeness: Likeness
) -> list[Piece]:
    """The pieces, joined in pairs as long as the whole is as much like a digit as its parts, the best first."""
    pieces, known = list(pieces), dict[tuple[int, ...], float]()

    def gain(way: tuple[Piece, Piece, Piece]) -> float:
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


def in_reading_order(pieces: list[Piece]) -> list[Piece]:
    """Row by row from the top, each from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[1] + piece.box[3]):
        row = next((row for row in rows if _overlap(_together(row).box, piece.box, 1) > ROW), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [piece for row in rows for piece in sorted(row, key=lambda piece: piece.box[0])]
