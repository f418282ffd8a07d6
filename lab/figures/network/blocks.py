"""The blocks of a network's picture: what leaves each layer, and where it stands from left to right.

Owns the geometry. Knows no drawing, no torch and no page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from unicodedata import east_asian_width

from lab.parts.activations import ACTIVATIONS
from lab.parts.layers import Layer, Shape
from lab.texts import formats, text

INPUT_SHAPE: Shape = (1, 28, 28)
MIDDLE, HEIGHT, _WIDTH, _GAP, _LETTER = 76.0, 204.0, 710.0, 28.0, 6.4
MOST_UNITS, _MOST_SHEETS, MOST_ROWS = 11, 7, 14


@dataclass(frozen=True)
class Block:
    """What leaves one layer: its words as its reader reads them, its shape, how it came about, and how active it is.

    `activity` holds mean activations, as many as are known; empty draws the block in the neutral colour.
    """

    title: str
    note: str
    shape: Shape | None
    kind: str
    window: int = 0
    error: str = ""
    activity: tuple[float, ...] = ()


@dataclass(frozen=True)
class NetworkPicture:
    """The blocks of a network from the input to the output."""

    blocks: tuple[Block, ...]

    @property
    def description(self) -> str:
        """The picture in words, for those who cannot see it."""
        said_of_each = (
            " ".join(part for part in (block.title, block.note, shape_text(block.shape)) if part)
            for block in self.blocks
        )
        return reduce(
            lambda before, after: text("figures.network.then", before=before, after=after), said_of_each
        )


def shape_text(shape: Shape | None) -> str:
    """A shape as it is said: 16 × 28 × 28."""
    return formats.shape(shape) if shape else "?"


def network_picture_data(
    layers: Sequence[Layer],
    shapes: Sequence[Shape | None],
    errors: Sequence[str] = (),
    activity: Sequence[Sequence[float]] = (),
) -> NetworkPicture:
    """The blocks of a stack of layers, given what each puts out.

    Shapes: shapes, errors and activity have one entry per layer, or fewer; the batch is left out.
    """
    blocks = [Block(text("figures.network.input"), "", INPUT_SHAPE, "input")]
    for place, layer in enumerate(layers):
        name = getattr(layer, "activation", "identity")
        note = "" if name == "identity" else str(ACTIVATIONS[name].title)
        blocks.append(
            Block(
                title=str(getattr(layer, "cell", "")).upper() or str(layer.brief or layer.title),
                note=note,
                shape=shapes[place] if place < len(shapes) else None,
                kind=layer.kind,
                window=int(getattr(layer, "kernel", getattr(layer, "patch", 0))),
                error=errors[place] if place < len(errors) else "",
                activity=tuple(activity[place]) if place < len(activity) else (),
            )
        )
    return NetworkPicture(tuple(blocks))


@dataclass(frozen=True)
class Box:
    """Where a block stands: its middle, its size, and the points lines may start or end at."""

    x: float
    width: float
    height: float
    points: tuple[float, ...] = ()

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2


def _units(size: int) -> int:
    return size if size <= MOST_UNITS else MOST_UNITS - 1


def _size(shape: Shape | None) -> tuple[float, float]:
    """Width and height of a block: sizes grow with the logarithm, so that 10 and 784 both fit."""
    if shape is None:
        return 26.0, 60.0
    if len(shape) == 1:
        few = 16.0 + 11.0 * (shape[0] - 1)
        return 14.0, few if shape[0] <= MOST_UNITS else min(146.0, 64.0 + 7.4 * math.log2(shape[0]))
    if len(shape) == 2:
        return 20.0 + 5.0 * math.log2(shape[1]), 10.0 + 8.0 * min(shape[0], MOST_ROWS)
    side = 18.0 + 62.0 * min(shape[1], 28) / 28
    return side + 5.0 * (sheets_of(shape[0]) - 1), side + 5.0 * (sheets_of(shape[0]) - 1)


def sheets_of(channels: int) -> int:
    return min(_MOST_SHEETS, 1 + round(math.log2(channels) * 0.9))


def _column(block: Block) -> float:
    """The width a block needs, its words included."""
    words = max(map(_letters, (block.title, block.note, shape_text(block.shape))))
    return max(_size(block.shape)[0], words * _LETTER)


def _letters(words: str) -> int:
    """The width of words in Latin letters: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def boxes_of(blocks: Sequence[Block]) -> tuple[list[Box], float]:
    boxes, x = [], 4.0
    spare = _WIDTH - sum(_column(block) for block in blocks)
    gap = min(max(spare / max(len(blocks) - 1, 1), _GAP), 3 * _GAP)
    for block in blocks:
        width, height = _size(block.shape)
        column = _column(block)
        points: tuple[float, ...] = ()
        if block.shape is not None and len(block.shape) == 1:
            count = _units(block.shape[0])
            step = (height - 12.0) / max(count - 1, 1)
            points = tuple(MIDDLE - (height - 12.0) / 2 + i * step for i in range(count))
        boxes.append(Box(x + column / 2, width, height, points))
        x += column + gap
    return boxes, x - gap + 4.0
