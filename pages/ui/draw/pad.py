"""The live pad: a component that sends strokes while they are drawn and shows the answers beside them.

Owns the seam to `static/draw/pad.js`. Knows no model and no framing.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np

from lab.ink.drawing import Ink
from lab.ink.framing import SIDE
from lab.texts import text
from pages.ui.draw.sheet import PAD_KEY, Sheet
from pages.ui.kit.component import component

_SHOWN_PX = 280


def pad(now: Sheet, answers: list[dict[str, Any]], on_rest: Callable[[], None]) -> None:
    """Shows the sheet and what the models say about it; `on_rest` runs a moment after the pen was lifted.

    An answer is {"model", "says", "aloud", "probabilities", "digit", "is_digit"}; its probabilities are None
    while there is nothing to say.
    """
    data: dict[str, Any] = {
        "sheet": now.number,
        "seq": now.seq,
        "settled": now.settled,
        "answers": answers,
        "texts": _texts(),
    }
    if now.settled:  # while the pen is down the browser knows the strokes better
        data["strokes"] = [stroke.round(1).tolist() for stroke in now.drawing.strokes]
        data["key"] = now.key
        data["brush"] = now.drawing.brush
        data["picture"] = "" if now.picture is None else _as_stencil(now.picture.ink)
    component("draw/pad")(key=PAD_KEY, data=data, on_ink_change=lambda: None, on_rested_change=on_rest)


def _texts() -> dict[str, str]:
    """The pad's own words; the browser puts its numbers where `{ms}` and `{digit}` stand."""
    return {
        "here": text("draw.pad.here"),
        "with": text("draw.pad.with_what"),
        "canvas": text("draw.pad.canvas", cells=SIDE),
        "keys": text("draw.pad.keys", grid=(SIDE, SIDE)),
        "brush": text("draw.pad.brush"),
        "brush_unit": text("draw.pad.brush_unit"),
        "undo": text("draw.pad.undo"),
        "redo": text("draw.pad.redo"),
        "clear": text("draw.pad.clear"),
        "keyboard": text("draw.pad.keyboard"),
        "answered": text("draw.pad.answered", ms="{ms}"),
        "probability": text("draw.probability", digit="{digit}"),
    }


def _as_stencil(ink: Ink) -> str:
    """The ink as the opacity of a small square picture, which the pad paints in its own colour."""
    from PIL import Image

    alpha = Image.fromarray((255 * ink.clip(0, 1)).astype(np.uint8))
    alpha.thumbnail((_SHOWN_PX, _SHOWN_PX))
    square = Image.new("L", (_SHOWN_PX, _SHOWN_PX))
    square.paste(alpha, ((_SHOWN_PX - alpha.width) // 2, (_SHOWN_PX - alpha.height) // 2))
    stencil = Image.new("LA", square.size)
    stencil.putalpha(square)
    out = io.BytesIO()
    stencil.save(out, format="PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
