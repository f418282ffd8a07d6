"""The live pad: a component that sends strokes while they are drawn and shows the answers beside them.

Owns the seam to `static/draw_pad.js` and the person's current drawing. Knows no model and no framing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lab.drawing import Drawing, InkError, parse_drawing

PAD_KEY = "draw-pad"
BRUSHES = (8.0, 32.0)  # what the slider in draw_pad.js offers
_SESSION_KEY = "draw_sheet"
_SCRIPT = Path(__file__).parents[2] / "static" / "draw_pad.js"


@dataclass(frozen=True)
class Sheet:
    """The drawing on the pad, which sheet of paper it is on, and whether the pen is up."""

    drawing: Drawing
    number: int = 0
    seq: int = 0
    settled: bool = True


@cache
def _component() -> Callable[..., Any]:
    # Inline script is sent with every update, so only this stub is: the rest is a static file of its own.
    version = hashlib.sha256(_SCRIPT.read_bytes()).hexdigest()[:12]
    stub = f"""
const pad = import(new URL("app/static/draw_pad.js?v={version}", document.baseURI))
export default function (component) {{
  pad.then(module => module.render(component))
  return () => pad.then(module => module.forget(component.parentElement.querySelector(".pad-root")))
}}
"""
    return st.components.v2.component("layerlab_draw_pad", html='<div class="pad-root">\n</div>', js=stub)


def sheet() -> Sheet:
    """The person's current sheet; outlives page switches."""
    kept = st.session_state.get(_SESSION_KEY)
    return kept if kept is not None else Sheet(parse_drawing([]))


def put_on_pad(drawing: Drawing) -> None:
    """Replaces what is on the pad, as a new sheet."""
    st.session_state[_SESSION_KEY] = Sheet(drawing, number=sheet().number + 1, seq=sheet().seq)


def receive() -> Sheet:
    """Takes over what the pad has sent since; a message that makes no sense leaves the sheet as it is."""
    known = sheet()
    message = st.session_state.get(PAD_KEY, {}).get("ink")
    if not isinstance(message, dict) or message.get("drawing") != known.number:
        return known
    seq, brush = message.get("seq"), message.get("brush")
    if not isinstance(seq, int) or seq == known.seq or not isinstance(brush, int | float):
        return known
    try:
        drawing = parse_drawing(message.get("strokes"), brush=min(BRUSHES[1], max(BRUSHES[0], brush)))
    except InkError:
        return known
    received = Sheet(drawing, known.number, seq, settled=message.get("settled") is True)
    st.session_state[_SESSION_KEY] = received
    return received


def pad(now: Sheet, answers: list[dict[str, Any]], on_change: Callable[[], None]) -> None:
    """Shows the sheet and what the models say about it; `on_change` runs at each new message."""
    data: dict[str, Any] = {
        "drawing": now.number,
        "seq": now.seq,
        "settled": now.settled,
        "answers": answers,
    }
    if now.settled:
        data["strokes"] = [stroke.round(1).tolist() for stroke in now.drawing.strokes]
        data["brush"] = now.drawing.brush
    _component()(key=PAD_KEY, data=data, on_ink_change=on_change)
