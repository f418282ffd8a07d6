"""A number written across a wide canvas: the ink, a box around each digit, and what each was read as.

Owns the figure; splitting and answering are done before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lab.figures.look import NEGATIVE, NO_BUTTONS, Figure
from lab.figures.pixels import as_png, signed_picture
from lab.ink.drawing import Drawing, Ink, rasterise

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Reading:
    """The canvas as ink with its size, the boxes in canvas units, and one word per box."""

    ink: Ink
    width: float
    height: float
    boxes: tuple[Box, ...]
    words: tuple[str, ...]


def several_data(source: Drawing | Ink, digits: Iterable[tuple[Box, str]]) -> Reading:
    """The reading of a drawing or a picture from (box, word) pairs."""
    pairs = tuple(digits)
    if isinstance(source, Drawing):
        ink, width, height = rasterise(source), source.width, source.height
    else:
        ink, (height, width) = source, source.shape
    return Reading(ink, width, height, tuple(box for box, _ in pairs), tuple(word for _, word in pairs))


def several_figure(data: Reading, dark: bool = False) -> Figure:
    """The ink with a frame around each digit and its reading above; `dark` is the paper it is shown on."""
    picture = signed_picture(data.ink, max(data.ink.shape), limit=1.0, dark=dark)
    ink = {"source": as_png(picture), "xref": "x", "yref": "y", "x": 0, "y": 0, "sizing": "stretch"}
    return {
        "data": [],
        "layout": {
            "images": [{**ink, "sizex": data.width, "sizey": data.height}],
            "shapes": [_frame(box) for box in data.boxes],
            "annotations": [_word(box, word) for box, word in zip(data.boxes, data.words, strict=True)],
            "xaxis": {"visible": False, "range": [0, data.width], "fixedrange": True},
            "yaxis": {
                "visible": False,
                "range": [data.height, -0.16 * data.height],
                "scaleanchor": "x",
                "scaleratio": 1,
                "fixedrange": True,
            },
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "showlegend": False,
            "hovermode": False,
            "dragmode": False,
            "modebar": NO_BUTTONS,
        },
    }


def _frame(box: Box) -> Figure:
    left, top, right, bottom = box
    line = {"color": f"@{NEGATIVE}", "width": 2}
    return {"type": "rect", "x0": left, "x1": right, "y0": top, "y1": bottom, "line": line}


def _word(box: Box, word: str) -> Figure:
    left, top, right, _ = box
    return {
        "x": (left + right) / 2,
        "y": top,
        "text": f"<b>{word}</b>",
        "showarrow": False,
        "yshift": 14,
        "font": {"size": 18},
    }
