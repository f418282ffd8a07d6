"""From the bytes of an uploaded picture to ink: decoding, light and polarity.

Owns which files are read, how large they may be (asked before anything is decoded), which way round ink and
paper are, and how uneven light on a photo is taken out. Trusts no file name and no header beyond the caps.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lab.ink.drawing import Ink
from lab.texts import Text, said, text

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MAX_BYTES = 25_000_000
MAX_PIXELS = 64_000_000
WORKING_PX = 1024
EVEN = 0.03  # grey levels this close to the paper are paper
LEAST_CONTRAST = 0.08  # a photo whose darkest line differs less from the paper is an empty sheet
SPECK = 0.02  # marks smaller than this share of the largest one are dust

_OTHER_FILES = (
    (b"PK\x03\x04", said("ink.file.zip")),
    (b"%PDF", said("ink.file.pdf")),
    (b"\x1f\x8b", said("ink.file.gzip")),
    (b"\x7fELF", said("ink.file.program")),
    (b"II*\x00", said("ink.file.tiff")),
    (b"MM\x00*", said("ink.file.tiff")),
)


class PictureError(ValueError):
    """A file that cannot be read as a picture, in words for the person who brought it."""


@dataclass(frozen=True)
class Picture:
    """An uploaded picture as ink.

    Shapes: ink (height, width), at most 1024 on the longer side. `was` says what came in; width and height
    are those of the file, turned upright.
    """

    ink: Ink
    was: Text
    format: str
    width: int
    height: int
    dark_on_light: bool
    notes: tuple[Text, ...] = ()


def read_picture(data: bytes, name: str = "picture") -> Picture:
    """The ink in a PNG, JPEG, GIF (first frame), WebP or BMP file of any mode and orientation.

    Raises: PictureError, naming the file, what is wrong with it and what is allowed.
    """
    name = _shown(name)
    if not data:
        raise PictureError(text("ink.empty", name=name))
    if len(data) > MAX_BYTES:
        raise PictureError(text("ink.too_large", name=name, size=len(data), most=MAX_BYTES))
    _refuse_other_files(data, name)
    image, kind, notes = _decoded(data, name)
    width, height = image.info["upright_size"]
    grey = _grey(image)
    ink, dark_on_light = ink_of(grey)
    key = "ink.was.dark_on_light" if dark_on_light else "ink.was.light_on_dark"
    return Picture(ink, said(key, kind=kind, size=(width, height)), kind, width, height, dark_on_light, notes)


def _shown(name: str) -> str:
    kept = "".join(letter if letter.isprintable() else "?" for letter in name)
    return kept if len(kept) <= 80 else f"{kept[:77]}..."


def _refuse_other_files(data: bytes, name: str) -> None:
    start = data[:512].lstrip().lower()
    if b"<svg" in start or start.startswith((b"<?xml", b"<!doctype", b"<html")):
        raise PictureError(text("ink.markup", name=name))
    if data[4:8] == b"ftyp":
        raise PictureError(text("ink.heic", name=name))
    for magic, what in _OTHER_FILES:
        if data.startswith(magic):
            raise PictureError(text("ink.other_file", name=name, what=what, formats=FORMATS))


def _decoded(data: bytes, name: str) -> tuple[Image.Image, str, tuple[Text, ...]]:
    """The first frame, upright, at most about twice the working size; its kind and what was done to it."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own, softer cap, and remarks on odd metadata
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise PictureError(
                    text("ink.too_many_pixels", name=name, size=(width, height), most=MAX_PIXELS)
                )
            # a phone's JPEG with previews or a depth map beside the photo counts as MPO, not as an animation
            kind = "JPEG" if image.format == "MPO" else image.format or "picture"
            moves = kind != "JPEG" and getattr(image, "n_frames", 1) > 1
            notes = [said("ink.animated")] if moves else []
            image.draft(None, (WORKING_PX, WORKING_PX))  # a JPEG is decoded small at once
            image.load()
            upright = ImageOps.exif_transpose(image)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(text("ink.far_too_many_pixels", name=name, most=MAX_PIXELS)) from error
    except UnidentifiedImageError as error:
        raise PictureError(text("ink.no_picture", name=name, formats=FORMATS)) from error
    except (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError) as error:
        raise PictureError(text("ink.damaged", name=name)) from error
    if image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
        width, height = height, width
    if image.getexif().get(0x0112, 1) in range(2, 9):
        notes.append(said("ink.turned"))
    upright.info["upright_size"] = (width, height)
    return upright, kind, tuple(notes)


def _grey(image: Image.Image) -> Ink:
    """Lightness 0 to 1, at most the working size; transparent parts become paper."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, dtype=np.float32)
        bits = max(8, int(values.max(initial=0.0)).bit_length())  # a scanner's 12 bits come in words of 16
        grey = values / (2.0**bits - 1)
    elif image.has_transparency_data:
        grey = _on_paper(np.asarray(_small(image.convert("RGBA")), dtype=np.float32) / 255.0)
    else:
        grey = np.asarray(_small(image.convert("L")), dtype=np.float32) / 255.0
    grey = np.ascontiguousarray(np.clip(grey, 0.0, 1.0), dtype=np.float32)
    from PIL import Image

    return np.array(_small(Image.fromarray(grey)), dtype=np.float32)


def _small(image: Image.Image) -> Image.Image:
    from PIL import Image

    longer = max(image.size)
    if longer <= WORKING_PX:
        return image
    size = tuple(max(1, round(side * WORKING_PX / longer)) for side in image.size)
    return image.resize((size[0], size[1]), Image.Resampling.BOX)


def _on_paper(rgba: Ink) -> Ink:
    """Lightness over white paper, or over black where what is opaque is light."""
    light = rgba[..., :3] @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    alpha = rgba[..., 3]
    opaque = float(alpha.sum())
    paper = 0.0 if opaque and float((light * alpha).sum()) / opaque > 0.5 else 1.0
    over: Ink = light * alpha + paper * (1 - alpha)
    return over


def ink_of(grey: Ink) -> tuple[Ink, bool]:
    """The ink in a grey picture, and True when it is dark on light.

    A picture with even paper keeps its smooth edges; a photo is flattened and cut by Otsu's threshold.
    Shapes: grey (height, width), 0 black to 1 white.
    """
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    paper = float(np.median(border))
    away = np.abs(grey - paper)
    if float((np.abs(border - paper) <= EVEN).mean()) > 0.9 and float((away <= EVEN).mean()) > 0.4:
        return _even(grey, paper)
    return _photo(grey)


def _even(grey: Ink, paper: float) -> tuple[Ink, bool]:
    above, below = np.clip(grey - paper, 0, None), np.clip(paper - grey, 0, None)
    dark_on_light = float(below.sum()) > float(above.sum()) or (paper > 0.5 and not above.any())
    ink = below if dark_on_light else above
    strongest = float(ink.max())
    if strongest < LEAST_CONTRAST:
        return np.zeros_like(grey), dark_on_light
    ink = ink / strongest
    return np.where(ink < EVEN, 0.0, ink).astype(np.float32), dark_on_light


def _photo(grey: Ink) -> tuple[Ink, bool]:
    from scipy import ndimage

    wide = max(3.0, max(grey.shape) / 10)
    rest = grey - ndimage.gaussian_filter(grey, wide, mode="nearest")
    dark_on_light = float((rest**3).sum()) <= 0
    turned = grey if dark_on_light else 1.0 - grey
    size = int(wide) | 1
    light = ndimage.gaussian_filter(ndimage.grey_closing(turned, size=(size, size)), wide / 3)
    depth = np.clip((light - turned) / np.maximum(light, 0.1), 0.0, 1.0)
    depth = ndimage.gaussian_filter(depth, max(grey.shape) / 700)
    cut = otsu(depth)
    strong = depth[depth > cut]
    if not strong.size or float(np.median(strong)) < LEAST_CONTRAST:
        return np.zeros_like(grey), dark_on_light
    top = float(np.median(strong))
    ink = np.clip((depth - 0.6 * cut) / max(top - 0.6 * cut, 1e-6), 0.0, 1.0).astype(np.float32)
    return without_dust(ink), dark_on_light


def otsu(values: Ink) -> float:
    """The threshold that parts the values into the two most compact groups.

    Source: Otsu 1979, IEEE Trans. SMC 9(1)
    """
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(middles[int(np.nanargmax(apart))]) if np.isfinite(apart).any() else float(middles[-1])


def without_dust(ink: Ink) -> Ink:
    """The ink without specks, and without what runs off the edge of the picture when something does not."""
    from scipy import ndimage

    labels, count = ndimage.label(ink > 0.3, structure=np.ones((3, 3)))
    if count == 0:
        return np.zeros_like(ink)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    at_edge = np.zeros(count + 1, dtype=bool)
    at_edge[np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))] = True
    inner = np.where(at_edge, 0, areas)
    if inner.max() > 0.0005 * ink.size:
        areas = inner
    keep = areas >= max(SPECK * areas.max(), 2)
    kept = ndimage.binary_dilation(keep[labels], iterations=2)
    return np.where(kept, ink, 0.0).astype(np.float32)
