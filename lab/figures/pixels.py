"""Numbers on a grid as pictures: ink, signed values, and many small maps in one picture.

Blue is positive, orange is negative, strength is opacity, so that the paper shows through; each has a tone for
light and one for dark paper. Knows nothing of where the numbers come from.
"""

from __future__ import annotations

import base64
import io
import math

import numpy as np
from numpy.typing import NDArray

from lab.figures import look

Values = NDArray[np.floating]
Rgba = NDArray[np.uint8]


def ink_picture(ink: Values, side: int = 224) -> Rgba:
    """Ink in white on black, as MNIST shows it, its longer side enlarged to about `side` pixels.

    Shapes: ink (H, W) from 0 to 1; the picture (h, w, 4), square, the ink in its middle.
    """
    square = _squared(np.clip(np.asarray(ink, dtype=np.float64), 0.0, 1.0))
    grey = (255 * enlarged(square, side)).astype(np.uint8)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def signed_picture(
    values: Values, side: int = 224, limit: float | None = None, *, paper: bool = False, dark: bool = False
) -> Rgba:
    """Blue where positive, orange where negative, clear (or grey paper) where zero; full colour at `limit`.

    Shapes: values (H, W); the picture (h, w, 4). `limit` is the largest absolute value unless given.
    """
    values = enlarged(np.nan_to_num(np.asarray(values, dtype=np.float64)), side)
    reach = limit or float(np.abs(values).max(initial=0.0)) or 1.0
    colour = np.where((values >= 0)[..., None], look.rgb(look.POSITIVE, dark), look.rgb(look.NEGATIVE, dark))
    alpha = 255 * np.clip(np.abs(values) / reach, 0.0, 1.0)
    picture = np.dstack([colour, alpha]).astype(np.uint8)
    if paper:
        picture[picture[..., 3] == 0] = (*look.rgb("gray", dark), 28)
    return picture


def tiled_picture(maps: Values, side: int = 480, gap: int = 1, *, dark: bool = False) -> Rgba:
    """Many maps in one picture, row by row, all on the same scale, with grey seams between them.

    Shapes: maps (N, H, W); the picture (h, w, 4), its wider side about `side`.
    """
    count, height, width = maps.shape
    columns = math.ceil(math.sqrt(count * 2 * height / width))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap), np.nan)
    for index, one in enumerate(maps):
        row, column = divmod(index, columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = one
    picture = signed_picture(sheet, side, dark=dark)
    seam = np.isnan(enlarged(sheet, side))
    picture[seam] = (*look.rgb("gray", dark), 60)
    return picture


def strip_picture(values: Values, side: int = 480, *, dark: bool = False) -> Rgba:
    """A layer's units as cells in reading order, at most 32 to a row; 784 of them as the picture they were.

    Shapes: values (N,); the picture (h, w, 4).
    """
    columns = 28 if len(values) == 784 else min(32, len(values))
    rows = math.ceil(len(values) / columns)
    cells = np.full(rows * columns, np.nan)
    cells[: len(values)] = values
    grid = cells.reshape(rows, columns)
    picture = signed_picture(grid, side, dark=dark)
    cell = picture.shape[1] // columns
    if cell >= 6:
        picture[:, ::cell] = picture[::cell, :] = (*look.rgb("gray", dark), 40)
    return picture


def with_box(picture: Rgba, box: tuple[float, float, float, float], cross: bool = False) -> Rgba:
    """The picture with a frame at left, top, right, bottom (shares of its sides) and a cross in its middle."""
    marked = picture.copy()
    height, width = marked.shape[:2]
    left, top, right, bottom = (
        min(round(share * size), size - 2)
        for share, size in zip(box, (width, height, width, height), strict=True)
    )
    colour = (*look.rgb(look.NEGATIVE), 255)  # on black, as ink is shown
    marked[top : top + 2, left : right + 2] = marked[bottom : bottom + 2, left : right + 2] = colour
    marked[top : bottom + 2, left : left + 2] = marked[top : bottom + 2, right : right + 2] = colour
    if cross:
        arm = max(4, width // 28)
        middle_y, middle_x = height // 2, width // 2
        marked[middle_y - 1 : middle_y + 1, middle_x - arm : middle_x + arm] = colour
        marked[middle_y - arm : middle_y + arm, middle_x - 1 : middle_x + 1] = colour
    return marked


def enlarged(values: Values, side: int) -> NDArray[np.float64]:
    """The grid with every cell a square of equal whole size, so that its longer side is about `side`.

    A grid already larger is thinned out instead.
    """
    longer = max(values.shape)
    if longer > 2 * side:
        step = longer // side
        values = values[::step, ::step]
        longer = max(values.shape)
    cell = max(1, side // longer)
    return np.asarray(np.repeat(np.repeat(values, cell, axis=0), cell, axis=1), dtype=np.float64)


def as_png(picture: NDArray[np.uint8]) -> str:
    """The picture as a data address that a page can show.

    Shapes: (H, W) grey, (H, W, 3) colour or (H, W, 4) with its opacity.
    """
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(picture).save(out, format="PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _squared(values: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = values.shape
    side = max(height, width, 1)
    square = np.zeros((side, side))
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = values
    return square
