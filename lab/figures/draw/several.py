"""A number written across a wide canvas: the ink, a box around each digit, and what each was read as.

Owns the figure; splitting and answering are done before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import plotly.graph_objects as go

from lab.figures.draw.pixels import signed_picture
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


def several_figure(data: Reading) -> go.Figure:
    """The ink with a frame around each digit and its reading above."""
    from PIL import Image

    figure = go.Figure()
    figure.add_layout_image(
        source=Image.fromarray(signed_picture(data.ink, max(data.ink.shape), limit=1.0)),
        xref="x",
        yref="y",
        x=0,
        y=0,
        sizex=data.width,
        sizey=data.height,
        sizing="stretch",
    )
    for (left, top, right, bottom), word in zip(data.boxes, data.words, strict=True):
        figure.add_shape(
            type="rect", x0=left, x1=right, y0=top, y1=bottom, line={"color": "#f59322", "width": 2}
        )
        figure.add_annotation(
            x=(left + right) / 2, y=top, text=f"<b>{word}</b>", showarrow=False, yshift=14, font={"size": 18}
        )
    margin = 0.16 * data.height
    figure.update_xaxes(visible=False, range=[0, data.width], fixedrange=True)
    figure.update_yaxes(
        visible=False, range=[data.height, -margin], scaleanchor="x", scaleratio=1, fixedrange=True
    )
    figure.update_layout(height=280, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False)
    return figure
