"""The picture of a network: what flows from the image to the ten outputs, drawn as blocks from left to right.

Owns the geometry and the drawing, an SVG that takes its text colour from where it stands, so that it suits
light and dark. Coloured by activation while a network trains. Knows no torch and no page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lab.activations import ACTIVATIONS
from lab.layers import Layer, Shape

POSITIVE, NEGATIVE, WRONG = "#0877bd", "#f59322", "#d0342c"
INPUT_SHAPE: Shape = (1, 28, 28)

_MIDDLE, _HEIGHT, _WIDTH, _GAP, _LETTER = 76.0, 204.0, 710.0, 28.0, 6.4
_MOST_UNITS, _MOST_SHEETS, _MOST_ROWS = 11, 7, 14


@dataclass(frozen=True)
class Block:
    """What leaves one layer: its words, its shape, how it came about, and how active it is.

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
        return ", then ".join(
            " ".join(part for part in (block.title, block.note, shape_text(block.shape)) if part)
            for block in self.blocks
        )


def shape_text(shape: Shape | None) -> str:
    """A shape as it is said: 16 × 28 × 28."""
    return " × ".join(f"{size:,}" for size in shape) if shape else "?"


def network_picture_data(
    layers: Sequence[Layer],
    shapes: Sequence[Shape | None],
    errors: Sequence[str] = (),
    activity: Sequence[Sequence[float]] = (),
) -> NetworkPicture:
    """The blocks of a stack of layers, given what each puts out.

    Shapes: shapes, errors and activity have one entry per layer, or fewer; the batch is left out.
    """
    blocks = [Block("Input", "", INPUT_SHAPE, "input")]
    for place, layer in enumerate(layers):
        name = getattr(layer, "activation", "identity")
        note = "" if name == "identity" else ACTIVATIONS[name].title
        blocks.append(
            Block(
                title=str(getattr(layer, "cell", "")).upper() or layer.title.removesuffix(" block"),
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
class _Box:
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
    return size if size <= _MOST_UNITS else _MOST_UNITS - 1


def _size(shape: Shape | None) -> tuple[float, float]:
    """Width and height of a block: sizes grow with the logarithm, so that 10 and 784 both fit."""
    if shape is None:
        return 26.0, 60.0
    if len(shape) == 1:
        few = 16.0 + 11.0 * (shape[0] - 1)
        return 14.0, few if shape[0] <= _MOST_UNITS else min(146.0, 64.0 + 7.4 * math.log2(shape[0]))
    if len(shape) == 2:
        return 20.0 + 5.0 * math.log2(shape[1]), 10.0 + 8.0 * min(shape[0], _MOST_ROWS)
    side = 18.0 + 62.0 * min(shape[1], 28) / 28
    return side + 5.0 * (_sheets(shape[0]) - 1), side + 5.0 * (_sheets(shape[0]) - 1)


def _sheets(channels: int) -> int:
    return min(_MOST_SHEETS, 1 + round(math.log2(channels) * 0.9))


def _column(block: Block) -> float:
    """The width a block needs, its words included."""
    words = max(len(block.title), len(block.note), len(shape_text(block.shape))) * _LETTER
    return max(_size(block.shape)[0], words)


def _boxes(blocks: Sequence[Block]) -> tuple[list[_Box], float]:
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
            points = tuple(_MIDDLE - (height - 12.0) / 2 + i * step for i in range(count))
        boxes.append(_Box(x + column / 2, width, height, points))
        x += column + gap
    return boxes, x - gap + 4.0


def _colour(value: float | None, largest: float) -> tuple[str, float]:
    """The fill of one mark and its opacity: blue positive, orange negative, pale near zero."""
    if value is None:
        return POSITIVE, 0.3
    share = min(abs(value) / largest, 1.0) if largest > 0 else 0.0
    return (POSITIVE if value >= 0 else NEGATIVE), 0.08 + 0.87 * share


def _fills(activity: Sequence[float], count: int) -> list[tuple[str, float]]:
    """A fill for each of `count` marks, taken evenly from the activations known."""
    if not activity:
        return [_colour(None, 1.0)] * count
    largest = max(abs(value) for value in activity)
    picked = [activity[i * len(activity) // count] for i in range(count)]
    return [_colour(value, largest) for value in picked]


def _vector(block: Block, box: _Box) -> str:
    assert block.shape is not None
    size = block.shape[0]
    fills = _fills(block.activity, len(box.points))
    radius = min(5.0, (box.height - 12.0) / max(len(box.points) - 1, 1) / 2 - 0.6)
    marks = [
        f'<rect x="{box.left:.1f}" y="{_MIDDLE - box.height / 2:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="7" class="np-frame"/>'
    ]
    for i, (y, (fill, opacity)) in enumerate(zip(box.points, fills, strict=True)):
        if size > _MOST_UNITS and i == len(box.points) // 2:
            marks += [
                f'<circle cx="{box.x:.1f}" cy="{y + d:.1f}" r="0.9" class="np-dot"/>' for d in (-3, 0, 3)
            ]
            continue
        marks.append(
            f'<circle cx="{box.x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" fill-opacity="{opacity:.2f}" '
            'class="np-unit"/>'
        )
    return "".join(marks)


def _image(block: Block, box: _Box) -> str:
    assert block.shape is not None
    sheets = _sheets(block.shape[0])
    side = box.width - 5.0 * (sheets - 1)
    fills = _fills(block.activity, sheets)
    marks = []
    for i, (fill, opacity) in enumerate(reversed(fills)):
        away = 5.0 * (sheets - 1 - i)
        marks.append(
            f'<rect x="{box.left + away:.1f}" y="{_MIDDLE - box.height / 2 + 5.0 * (sheets - 1) - away:.1f}" '
            f'width="{side:.1f}" height="{side:.1f}" rx="2" class="np-sheet"/>'
            f'<rect x="{box.left + away:.1f}" y="{_MIDDLE - box.height / 2 + 5.0 * (sheets - 1) - away:.1f}" '
            f'width="{side:.1f}" height="{side:.1f}" rx="2" fill="{fill}" fill-opacity="{opacity:.2f}" '
            'class="np-unit"/>'
        )
    return "".join(marks)


def _sequence(block: Block, box: _Box) -> str:
    assert block.shape is not None
    rows = min(block.shape[0], _MOST_ROWS)
    top = _MIDDLE - box.height / 2 + 5.0
    return "".join(
        f'<rect x="{box.left:.1f}" y="{top + 8.0 * i:.1f}" width="{box.width:.1f}" height="6" rx="1.5" '
        f'fill="{fill}" fill-opacity="{opacity:.2f}" class="np-unit"/>'
        for i, (fill, opacity) in enumerate(_fills(block.activity, rows))
    )


def _body(block: Block, box: _Box) -> str:
    if block.shape is None:
        return (
            f'<rect x="{box.left:.1f}" y="{_MIDDLE - box.height / 2:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" rx="6" class="np-unknown"/>'
        )
    return {1: _vector, 2: _sequence}.get(len(block.shape), _image)(block, box)


def _link(block: Block, box: _Box, before: Block, from_box: _Box) -> str:
    """What joins two blocks, behind them: every line of a dense layer, or a plain funnel."""
    if _slides(block, before):
        return ""
    if block.kind == "linear" and box.points and from_box.points:
        lines = "".join(
            f"M{from_box.right:.1f} {y:.1f}L{box.left:.1f} {z:.1f}"
            for y in from_box.points
            for z in box.points
        )
        return f'<path d="{lines}" class="np-lines"/>'
    start, end = from_box.height / 2, box.height / 2
    return (
        f'<path d="M{from_box.right + 3:.1f} {_MIDDLE - start:.1f}L{box.left - 3:.1f} {_MIDDLE - end:.1f}'
        f'V{_MIDDLE + end:.1f}L{from_box.right + 3:.1f} {_MIDDLE + start:.1f}Z" class="np-funnel"/>'
    )


def _slides(block: Block, before: Block) -> bool:
    return bool(block.window) and before.shape is not None and len(before.shape) == 3


def _window(block: Block, box: _Box, before: Block, from_box: _Box) -> str:
    """The window that slides over an image, in front of it, and where what it finds goes."""
    if not _slides(block, before) or before.shape is None:
        return ""
    side = from_box.width - 5.0 * (_sheets(before.shape[0]) - 1)
    window = max(4.0, min(side, side * block.window / before.shape[2]))
    x = from_box.left + (side - window) * 0.6
    y = _MIDDLE + from_box.height / 2 - side + (side - window) * 0.35
    end = f"L{box.left:.1f} {_MIDDLE:.1f}"
    return (
        f'<path d="M{x + window:.1f} {y:.1f}{end}L{x + window:.1f} {y + window:.1f}" class="np-ray"/>'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{window:.1f}" height="{window:.1f}" class="np-window"/>'
    )


def _words(block: Block, box: _Box) -> str:
    lines = [
        (block.title, "np-title", 160),
        (block.note, "np-note", 175),
        (shape_text(block.shape), "np-note", 190),
    ]
    if not block.note:
        lines = [(block.title, "np-title", 160), (shape_text(block.shape), "np-note", 175)]
    return "".join(
        f'<text x="{box.x:.1f}" y="{y}" class="{kind}{" np-wrong" if block.error else ""}">{escape(text)}</text>'
        for text, kind, y in lines
    )


def _digits(box: _Box) -> str:
    return "".join(
        f'<text x="{box.right + 7:.1f}" y="{y + 3:.1f}" class="np-digit">{digit}</text>'
        for digit, y in enumerate(box.points)
    )


_STYLE = f"""
.np {{ overflow-x: auto; color: inherit }}
.np svg {{ display: block; margin: 0 auto; max-width: 100%; height: auto; font-family: inherit }}
.np text {{ fill: currentColor; text-anchor: middle }}
.np .np-title {{ font-size: 12px; font-weight: 600 }}
.np .np-note {{ font-size: 11px; opacity: .65 }}
.np .np-digit {{ font-size: 9px; opacity: .65; text-anchor: start }}
.np .np-wrong {{ fill: {WRONG}; opacity: 1 }}
.np .np-frame {{ fill: currentColor; fill-opacity: .04; stroke: currentColor; stroke-opacity: .25 }}
.np .np-unit {{ stroke: {POSITIVE}; stroke-opacity: .8; stroke-width: .8; transition: fill-opacity .4s }}
.np .np-sheet {{ fill: var(--st-background-color, Canvas) }}
.np .np-dot {{ fill: currentColor; opacity: .6 }}
.np .np-lines {{ fill: none; stroke: currentColor; stroke-opacity: .1; stroke-width: .7 }}
.np .np-window {{ fill: {NEGATIVE}; fill-opacity: .35; stroke: {NEGATIVE}; stroke-width: 1 }}
.np .np-ray {{ fill: {NEGATIVE}; fill-opacity: .12; stroke: {NEGATIVE}; stroke-opacity: .6; stroke-width: .7 }}
.np .np-funnel {{ fill: currentColor; fill-opacity: .05 }}
.np .np-unknown {{ fill: none; stroke: {WRONG}; stroke-dasharray: 4 3 }}
"""


def network_picture(data: NetworkPicture) -> str:
    """The picture as HTML: a style and one inline SVG, to stand in a page as it is."""
    boxes, width = _boxes(data.blocks)
    pairs = list(zip(data.blocks[1:], boxes[1:], data.blocks[:-1], boxes[:-1], strict=True))
    links = [_link(*pair) for pair in pairs]
    windows = [_window(*pair) for pair in pairs]
    parts = []
    for block, box in zip(data.blocks, boxes, strict=True):
        tip = escape(f"{block.title} {block.note} {shape_text(block.shape)} {block.error}".strip())
        parts.append(f"<g><title>{tip}</title>{_body(block, box)}{_words(block, box)}</g>")
    last = data.blocks[-1]
    ends_in_digits = last.shape == (10,)
    width += 14 if ends_in_digits else 0
    return (
        f'<style>{_STYLE}</style><div class="np"><svg viewBox="0 0 {width:.0f} {_HEIGHT:.0f}" '
        f'width="{width:.0f}" height="{_HEIGHT:.0f}" role="img" aria-label="{escape(data.description)}" '
        f'style="min-width:{min(width, width * 0.7):.0f}px">'
        f"{''.join(links)}{''.join(parts)}{''.join(windows)}{_digits(boxes[-1]) if ends_in_digits else ''}</svg></div>"
    )
