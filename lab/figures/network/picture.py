"""The picture of a network: what flows from the image to the ten outputs, drawn as blocks from left to right.

Owns the drawing, an SVG that takes its text colour from where it stands and its tones from the theme.
Coloured by activation while a network trains. Knows no torch and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lab.figures.look import css
from lab.figures.network.blocks import (
    HEIGHT,
    MIDDLE,
    MOST_ROWS,
    MOST_UNITS,
    Block,
    Box,
    NetworkPicture,
    boxes_of,
    network_picture_data,
    shape_text,
    sheets_of,
)

__all__ = ["NetworkPicture", "network_picture", "network_picture_data", "shape_text"]

POSITIVE, NEGATIVE = "np-positive", "np-negative"


def _tone(value: float | None, largest: float) -> tuple[str, float]:
    """The class of one mark and its opacity: blue positive, orange negative, pale near zero."""
    if value is None:
        return POSITIVE, 0.3
    share = min(abs(value) / largest, 1.0) if largest > 0 else 0.0
    return (POSITIVE if value >= 0 else NEGATIVE), 0.08 + 0.87 * share


def _tones(activity: Sequence[float], count: int) -> list[tuple[str, float]]:
    """A tone for each of `count` marks, taken evenly from the activations known."""
    if not activity:
        return [_tone(None, 1.0)] * count
    largest = max(abs(value) for value in activity)
    picked = [activity[i * len(activity) // count] for i in range(count)]
    return [_tone(value, largest) for value in picked]


def _vector(block: Block, box: Box) -> str:
    assert block.shape is not None
    size = block.shape[0]
    tones = _tones(block.activity, len(box.points))
    radius = min(5.0, (box.height - 12.0) / max(len(box.points) - 1, 1) / 2 - 0.6)
    marks = [
        f'<rect x="{box.left:.1f}" y="{MIDDLE - box.height / 2:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="7" class="np-frame"/>'
    ]
    for i, (y, (tone, opacity)) in enumerate(zip(box.points, tones, strict=True)):
        if size > MOST_UNITS and i == len(box.points) // 2:
            marks += [
                f'<circle cx="{box.x:.1f}" cy="{y + d:.1f}" r="0.9" class="np-dot"/>' for d in (-3, 0, 3)
            ]
            continue
        marks.append(
            f'<circle cx="{box.x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill-opacity="{opacity:.2f}" '
            f'class="np-unit {tone}"/>'
        )
    return "".join(marks)


def _image(block: Block, box: Box) -> str:
    assert block.shape is not None
    sheets = sheets_of(block.shape[0])
    side = box.width - 5.0 * (sheets - 1)
    tones = _tones(block.activity, sheets)
    marks = []
    for i, (tone, opacity) in enumerate(reversed(tones)):
        away = 5.0 * (sheets - 1 - i)
        marks.append(
            f'<rect x="{box.left + away:.1f}" y="{MIDDLE - box.height / 2 + 5.0 * (sheets - 1) - away:.1f}" '
            f'width="{side:.1f}" height="{side:.1f}" rx="2" class="np-sheet"/>'
            f'<rect x="{box.left + away:.1f}" y="{MIDDLE - box.height / 2 + 5.0 * (sheets - 1) - away:.1f}" '
            f'width="{side:.1f}" height="{side:.1f}" rx="2" fill-opacity="{opacity:.2f}" '
            f'class="np-unit {tone}"/>'
        )
    return "".join(marks)


def _sequence(block: Block, box: Box) -> str:
    assert block.shape is not None
    rows = min(block.shape[0], MOST_ROWS)
    top = MIDDLE - box.height / 2 + 5.0
    return "".join(
        f'<rect x="{box.left:.1f}" y="{top + 8.0 * i:.1f}" width="{box.width:.1f}" height="6" rx="1.5" '
        f'fill-opacity="{opacity:.2f}" class="np-unit {tone}"/>'
        for i, (tone, opacity) in enumerate(_tones(block.activity, rows))
    )


def _body(block: Block, box: Box) -> str:
    if block.shape is None:
        return (
            f'<rect x="{box.left:.1f}" y="{MIDDLE - box.height / 2:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" rx="6" class="np-unknown"/>'
        )
    return {1: _vector, 2: _sequence}.get(len(block.shape), _image)(block, box)


def _link(block: Block, box: Box, before: Block, from_box: Box) -> str:
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
        f'<path d="M{from_box.right + 3:.1f} {MIDDLE - start:.1f}L{box.left - 3:.1f} {MIDDLE - end:.1f}'
        f'V{MIDDLE + end:.1f}L{from_box.right + 3:.1f} {MIDDLE + start:.1f}Z" class="np-funnel"/>'
    )


def _slides(block: Block, before: Block) -> bool:
    return bool(block.window) and before.shape is not None and len(before.shape) == 3


def _window(block: Block, box: Box, before: Block, from_box: Box) -> str:
    """The window that slides over an image, in front of it, and where what it finds goes."""
    if not _slides(block, before) or before.shape is None:
        return ""
    side = from_box.width - 5.0 * (sheets_of(before.shape[0]) - 1)
    window = max(4.0, min(side, side * block.window / before.shape[2]))
    x = from_box.left + (side - window) * 0.6
    y = MIDDLE + from_box.height / 2 - side + (side - window) * 0.35
    end = f"L{box.left:.1f} {MIDDLE:.1f}"
    return (
        f'<path d="M{x + window:.1f} {y:.1f}{end}L{x + window:.1f} {y + window:.1f}" class="np-ray"/>'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{window:.1f}" height="{window:.1f}" class="np-window"/>'
    )


def _words(block: Block, box: Box) -> str:
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


def _digits(box: Box) -> str:
    return "".join(
        f'<text x="{box.right + 7:.1f}" y="{y + 3:.1f}" class="np-digit">{digit}</text>'
        for digit, y in enumerate(box.points)
    )


# Where the picture goes on beyond an edge there is a shadow, covered up once it is scrolled to its end.
_STYLE = f"""<style>
.np {{ overflow-x: auto; color: inherit; background:
 linear-gradient(90deg, var(--st-background-color) 50%, transparent) left / 48px 100% no-repeat local,
 linear-gradient(270deg, var(--st-background-color) 50%, transparent) right / 48px 100% no-repeat local,
 linear-gradient(90deg, {css("gray", 0.45)}, transparent) left / 16px 100% no-repeat scroll,
 linear-gradient(270deg, {css("gray", 0.45)}, transparent) right / 16px 100% no-repeat scroll }}
.np svg {{ display: block; margin: 0 auto; max-width: 100%; height: auto; font-family: inherit }}
.np text {{ fill: currentColor; text-anchor: middle }}
.np .np-title {{ font-size: 12px; font-weight: 600 }}
.np .np-note {{ font-size: 11px; opacity: .65 }}
.np .np-digit {{ font-size: 9px; opacity: .65; text-anchor: start }}
.np .np-wrong {{ fill: {css("wrong")}; opacity: 1 }}
.np .np-frame {{ fill: currentColor; fill-opacity: .04; stroke: currentColor; stroke-opacity: .25 }}
.np .{POSITIVE} {{ fill: {css("blue")} }}
.np .{NEGATIVE} {{ fill: {css("orange")} }}
.np .np-unit {{ stroke: {css("blue")}; stroke-opacity: .8; stroke-width: .8; transition: fill-opacity .4s }}
.np .np-sheet {{ fill: var(--st-background-color, Canvas) }}
.np .np-dot {{ fill: currentColor; opacity: .6 }}
.np .np-lines {{ fill: none; stroke: currentColor; stroke-opacity: .1; stroke-width: .7 }}
.np .np-window {{ fill: currentColor; fill-opacity: .16; stroke: currentColor; stroke-opacity: .75 }}
.np .np-ray {{ fill: currentColor; fill-opacity: .07; stroke: currentColor; stroke-opacity: .35; stroke-width: .7 }}
.np .np-funnel {{ fill: currentColor; fill-opacity: .05 }}
.np .np-unknown {{ fill: none; stroke: {css("wrong")}; stroke-dasharray: 4 3 }}
</style>"""


def network_picture(data: NetworkPicture) -> str:
    """The picture as HTML: a style and one inline SVG, to stand in a page as it is."""
    boxes, width = boxes_of(data.blocks)
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
        f'{_STYLE}<div class="np"><svg viewBox="0 0 {width:.0f} {HEIGHT:.0f}" '
        f'width="{width:.0f}" height="{HEIGHT:.0f}" role="img" aria-label="{escape(data.description)}" '
        f'style="min-width:{min(width, width * 0.7):.0f}px">'
        f"{''.join(links)}{''.join(parts)}{''.join(windows)}{_digits(boxes[-1]) if ends_in_digits else ''}</svg></div>"
    )
