"""From a drawing to the picture a network trained on MNIST expects: one function per step.

MNIST was made by scaling each digit into a box of 20 x 20 and laying its centre of mass on the middle of
28 x 28. Owns these steps, for strokes (drawn again with MNIST's pen, so the brush does not matter) and for
pixels. Knows no network: the last step is the normalisation object that training uses.

Source: LeCun et al. 1998, Proc. IEEE 86(11); yann.lecun.com/exdb/mnist
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from lab.ink.drawing import Drawing, Ink, moved_to_origin, paint, rasterise
from lab.parts.normalisation import NORMALISATIONS
from lab.registry import did_you_mean
from lab.texts import Text, said, text

SIDE = 28
BOX = 20
# MNIST's centres of mass lie on pixel 14, counted from 0. A little less, because a symmetric drawing has its own
# on half a pixel, where noise would decide between two whole shifts.
MIDDLE = 13.9
PEN = 2.3  # the line MNIST is drawn with, in pixels of the 20 x 20 box, by measurement
THINNEST, THICKEST = 2.0, 3.4  # pixel pictures: pens between these are left alone
FAINT = 0.08  # ink below this share of the darkest is paper
FINE = 8  # steps before the box work on up to FINE x BOX pixels


@dataclass(frozen=True)
class FramingStep:
    """One step of the framing that a person can switch off."""

    name: str
    title: Text
    says: Text


STEPS = (
    FramingStep("crop", said("ink.crop.title"), said("ink.crop.says")),
    FramingStep("pen", said("ink.pen.title"), said("ink.pen.says")),
    FramingStep("box", said("ink.box.title", side=BOX), said("ink.box.says", side=BOX)),
    FramingStep("mass", said("ink.mass.title"), said("ink.mass.says", side=SIDE)),
    FramingStep("normalise", said("ink.normalise.title"), said("ink.normalise.says")),
)


@dataclass(frozen=True)
class Stage:
    """The picture after one step; `on` is False where the step was switched off."""

    name: str
    title: Text
    says: Text
    picture: Ink
    on: bool = True


@dataclass(frozen=True)
class Framing:
    """A drawing on its way into the network.

    Shapes: pixels (28, 28), 0 to 1; values (28, 28), normalised by `normalisation` ("" where that was off).
    Units: extent is the longer side of the pen's path, where it is longest without a gap, in widths of the
    brush (of the line, for pixels); coverage is the share of 28 x 28 that is ink.
    """

    stages: tuple[Stage, ...]
    pixels: Ink
    values: Ink
    normalisation: str
    extent: float
    coverage: float

    @property
    def is_empty(self) -> bool:
        """True when there is no ink at all."""
        return not self.pixels.any()


def crop(source: Drawing | Ink) -> Drawing | Ink:
    """The source cut to its ink."""
    if isinstance(source, Drawing):
        return moved_to_origin(source, source.brush / 2)
    ink = source > FAINT * max(float(source.max(initial=0.0)), 1e-6)
    if not ink.any():
        return source
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return source[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def even_pen(source: Drawing | Ink) -> Drawing | Ink:
    """The source as if drawn with MNIST's pen, `PEN` pixels of a box of 20.

    Strokes are drawn again; the lines of a pixel picture are thickened or thinned where they are far off.
    """
    return _drawn_again(source) if isinstance(source, Drawing) else _thickened(source)


def _drawn_again(drawing: Drawing) -> Drawing:
    left, top, right, bottom = drawing.bounds()
    if max(right - left, bottom - top) < drawing.brush / 2:
        return drawing  # a dot has no line
    path = max(drawing.width, drawing.height) - drawing.brush
    brush = max(path, 1.0) * PEN / (BOX - PEN)
    grow = (brush - drawing.brush) / 2
    moved = tuple(stroke + np.float32(grow) for stroke in drawing.strokes)
    return replace(
        drawing,
        strokes=moved,
        width=drawing.width + 2 * grow,
        height=drawing.height + 2 * grow,
        brush=brush,
    )


def line_width(ink: Ink) -> float:
    """The usual width of the lines in a picture, in its pixels; 0 without ink.

    Twice the distance from the ridge of the ink to the paper, median over the ridge.
    """
    from scipy import ndimage

    inside = np.pad(ink > 0.5 * max(float(ink.max(initial=0.0)), 1e-6), 1)
    if not inside.any():
        return 0.0
    depth = ndimage.distance_transform_edt(inside)
    ridge = inside & (depth >= ndimage.maximum_filter(depth, size=3))
    return float(2 * np.median(depth[ridge]) - 1)


def _thickened(ink: Ink) -> Ink:
    from scipy import ndimage

    if max(ink.shape) <= SIDE:
        return ink
    fine = _resized(ink, FINE * BOX) if max(ink.shape) > FINE * BOX else ink
    unit = max(fine.shape) / BOX
    width = line_width(fine)
    wanted = float(np.clip(width, THINNEST * unit, THICKEST * unit))
    if width == 0 or wanted == width:
        return fine
    margin = int(np.ceil(max(0.0, (wanted - width) / 2)))
    padded = np.pad(fine, margin)
    inside = padded > 0.5 * float(padded.max())
    level = ndimage.distance_transform_edt(inside) - ndimage.distance_transform_edt(~inside)
    level = level - np.where(level > 0, 0.5, -0.5)
    even: Ink = np.clip(level + (wanted - width) / 2 + 0.5, 0.0, 1.0).astype(np.float32)
    return even


def _resized(ink: Ink, longer: int) -> Ink:
    """The ink with a longer side of `longer` pixels: area averages when smaller, linear when larger."""
    from PIL import Image

    height, width = ink.shape
    scale = longer / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(ink).resize(size, how), dtype=np.float32)


def fit(source: Drawing | Ink, side: int = BOX) -> Ink:
    """The source in a square of `side` pixels, its longer side filling it, its aspect ratio kept."""
    if isinstance(source, Drawing):
        longer = max(source.width, source.height)
        scale = side / longer
        offset = (longer - source.width) / 2 * scale, (longer - source.height) / 2 * scale
        return paint(source.strokes, source.brush * scale, scale, offset, (side, side), FINE)
    height, width = source.shape
    longer = max(height, width)
    top, left = (longer - height) // 2, (longer - width) // 2
    square = np.zeros((longer, longer), dtype=np.float32)
    square[top : top + height, left : left + width] = source
    return square if longer == side else _resized(square, side)


def in_the_middle(ink: Ink) -> Ink:
    """The picture laid on 28 x 28, middle on middle."""
    height, width = ink.shape
    return _laid(ink, (SIDE - height) // 2, (SIDE - width) // 2)


def centred_by_mass(ink: Ink) -> Ink:
    """The picture laid on 28 x 28 by whole pixels, its centre of mass on pixel (14, 14)."""
    total = float(ink.sum())
    if total <= 0:
        return in_the_middle(ink)
    row = float(ink.sum(axis=1) @ np.arange(ink.shape[0])) / total
    column = float(ink.sum(axis=0) @ np.arange(ink.shape[1])) / total
    return _laid(ink, round(MIDDLE - row), round(MIDDLE - column))


def _laid(ink: Ink, top: int, left: int) -> Ink:
    sheet = np.zeros((SIDE, SIDE), dtype=np.float32)
    rows = slice(max(top, 0), min(top + ink.shape[0], SIDE))
    columns = slice(max(left, 0), min(left + ink.shape[1], SIDE))
    sheet[rows, columns] = ink[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return sheet


def _picture(source: Drawing | Ink) -> Ink:
    return rasterise(source, size=FINE * BOX) if isinstance(source, Drawing) else source


def extent(source: Drawing | Ink) -> float:
    """The longer side of the longest connected piece of the path, in widths of its line; 0 for dots or no ink."""
    return _longest_strokes(source) if isinstance(source, Drawing) else _longest_component(source)


def _longest_strokes(drawing: Drawing) -> float:
    """The extent of strokes; strokes whose boxes, brush included, meet are one piece."""
    from scipy.sparse.csgraph import connected_components

    if drawing.is_empty:
        return 0.0
    low = np.stack([stroke.min(axis=0) for stroke in drawing.strokes])
    high = np.stack([stroke.max(axis=0) for stroke in drawing.strokes])
    if len(drawing.strokes) == 1:
        return float((high - low).max()) / drawing.brush
    meet = np.all(low[:, None] <= high[None] + drawing.brush, axis=2)
    count, piece = connected_components(meet & meet.T, directed=False)
    sides = [high[piece == i].max(axis=0) - low[piece == i].min(axis=0) for i in range(count)]
    return float(np.max(sides)) / drawing.brush


def _longest_component(source: Ink) -> float:
    """The extent of a pixel picture; ink that touches is one piece."""
    from scipy import ndimage

    cut = crop(source)
    assert not isinstance(cut, Drawing)
    if max(cut.shape) > FINE * BOX:
        cut = _resized(cut, FINE * BOX)
    labels, count = ndimage.label(cut > FAINT * float(cut.max(initial=0.0)), structure=np.ones((3, 3)))
    if count == 0:
        return 0.0
    boxes = ndimage.find_objects(labels)
    sides = [max(part.stop - part.start for part in box) for box in boxes]
    longest = int(np.argmax(sides))
    width = line_width(np.where(labels[boxes[longest]] == longest + 1, cut[boxes[longest]], 0.0))
    return max(sides[longest] - width, 0.0) / width if width else 0.0


def frame(
    source: Drawing | Ink,
    *,
    off: Collection[str] = (),
    normalisation: str = "mnist",
    stages: bool = True,
) -> Framing:
    """The source framed as MNIST was made, with the picture after each step.

    `off` names steps to leave out; `stages=False` saves the pictures nobody looks at. An empty source gives
    an empty picture. Raises: ValueError for an unknown step.
    """
    for name in off:
        if name not in (names := [step.name for step in STEPS]):
            raise ValueError(text("ink.unknown_step", name=name, hint=did_you_mean(name, names)))
    normalise = NORMALISATIONS[normalisation]
    if not isinstance(source, Drawing):
        source = np.ascontiguousarray(source, dtype=np.float32)
    seen: list[Ink] = [_picture(source)] if stages else []
    current: Drawing | Ink = source
    empty = source.is_empty if isinstance(source, Drawing) else not source.any()
    for name, step in (("crop", crop), ("pen", even_pen)):
        current = current if empty or name in off else step(current)
        seen += [_picture(current)] if stages else []
    boxed = fit(current, SIDE if "box" in off else BOX)
    pixels = in_the_middle(boxed) if "mass" in off else centred_by_mass(boxed)
    values = pixels if "normalise" in off else normalise(pixels).astype(np.float32)
    seen += [boxed, pixels, values] if stages else []
    raw = FramingStep("raw", said("ink.raw.title"), said("ink.raw.says"))
    shown = tuple(
        Stage(step.name, step.title, step.says, picture, step.name not in off)
        for step, picture in zip((raw, *STEPS), seen, strict=False)
    )
    long = 0.0 if empty else extent(source)
    used = "" if "normalise" in off else normalisation
    return Framing(shown, pixels, values, used, long, float(pixels.mean()))
