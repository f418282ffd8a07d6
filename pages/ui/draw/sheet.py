"""The sheet a person draws on: strokes or a picture they brought, kept in their session.

Owns the session's one sheet and how messages of the pad change it. Knows no model and draws nothing.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace

import streamlit as st

from lab.ink.drawing import Drawing, Ink, InkError, parse_drawing
from lab.ink.pictures import Picture
from lab.texts import Text

PAD_KEY = "draw/pad"
BRUSHES = (8.0, 32.0)  # what the slider in static/draw/pad.js offers
_SESSION_KEY = "draw/sheet"
_KEY = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class Sheet:
    """What is on the pad.

    `number` counts sheets put there by the server, `life` how often the pad was cleared since, `seq` messages
    of the pad; `key` names this drawing in the history and is empty while nothing is drawn; `settled` is False
    while the pen is down; `aside` is the picture's sheet that strokes replaced, for the pad's undo.
    """

    drawing: Drawing
    number: int = 0
    seq: int = 0
    life: int = 0
    key: str = ""
    settled: bool = True
    picture: Picture | None = None
    picture_name: str | Text = ""
    aside: Sheet | None = None

    @property
    def source(self) -> Drawing | Ink:
        """What is framed and answered."""
        return self.picture.ink if self.picture is not None else self.drawing

    @property
    def is_empty(self) -> bool:
        """True while there is nothing to answer."""
        return self.picture is None and self.drawing.is_empty


def sheet() -> Sheet:
    """The person's current sheet; outlives page switches."""
    kept = st.session_state.get(_SESSION_KEY)
    return kept if isinstance(kept, Sheet) else Sheet(parse_drawing([]))


def put_drawing(drawing: Drawing, key: str = "") -> None:
    """Replaces what is on the pad by a drawing; `key` continues one of the history."""
    now = sheet()
    st.session_state[_SESSION_KEY] = Sheet(drawing, now.number + 1, now.seq, key=key or secrets.token_hex(8))


def put_picture(picture: Picture, name: str | Text) -> None:
    """Replaces what is on the pad by a picture; the next stroke replaces the picture."""
    now = sheet()
    st.session_state[_SESSION_KEY] = Sheet(
        replace(now.drawing, strokes=()),
        now.number + 1,
        now.seq,
        key=secrets.token_hex(8),
        picture=picture,
        picture_name=name,
    )


def receive() -> Sheet:
    """Takes over what the pad has sent since; a message that makes no sense leaves the sheet as it is."""
    known = sheet()
    state = st.session_state.get(PAD_KEY)
    message = state.get("ink") if state else None
    if not isinstance(message, dict) or message.get("sheet") != known.number:
        return known
    seq, brush = message.get("seq"), message.get("brush")
    if not isinstance(seq, int) or seq == known.seq or not isinstance(brush, int | float):
        return known
    try:
        drawing = parse_drawing(message.get("strokes"), brush=min(BRUSHES[1], max(BRUSHES[0], brush)))
    except InkError:
        return known
    told = message.get("life")
    life = told if isinstance(told, int) else known.life
    settled = message.get("settled") is True
    brought = known if known.picture is not None else known.aside
    if brought is not None and message.get("picture") is True:
        received = replace(brought, seq=seq, life=life, settled=settled)
    else:
        goes_on = life == known.life and known.key and known.picture is None
        key = "" if drawing.is_empty else known.key if goes_on else _kept_key(known, message)
        received = Sheet(drawing, known.number, seq, life, key, settled, aside=brought)
    st.session_state[_SESSION_KEY] = received
    return received


def _kept_key(known: Sheet, message: dict[str, object]) -> str:
    """The key of a drawing that the browser kept over a reload, else a new one."""
    kept = message.get("key")
    starts = known.number == 0 and known.seq == 0
    return kept if starts and isinstance(kept, str) and _KEY.fullmatch(kept) else secrets.token_hex(8)
