"""Bring a picture: upload, paste or camera; what was read goes onto the pad.

Owns this view and the paste button; reading the file is `lab.ink.pictures`'s.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from lab.ink.pictures import PictureError, read_picture
from lab.texts import Text, language, said, text
from pages.ui.draw.sheet import put_picture, sheet
from pages.ui.kit.component import component

WAYS = {
    "upload": said("draw.picture.upload"),
    "paste": said("draw.picture.paste"),
    "camera": said("draw.picture.camera"),
}
_ZONE = {
    "click": said("draw.picture.zone.click"),
    "what": said("draw.picture.zone.what"),
    "nothing": said("draw.picture.zone.nothing"),
    "taken": said("draw.picture.zone.taken"),
    "unreadable": said("draw.picture.zone.unreadable"),
}
_TAKEN_KEY = "draw/picture-taken"
_PASTE_KEY = "draw/picture-paste"
_LONGEST_PASTE = 12_000_000


@dataclass(frozen=True)
class _Taken:
    """The picture that came in last: which it is, what is wrong with it, and in which language that was said."""

    identity: str
    problem: str = ""
    language: str = ""


_NOTHING_TAKEN = _Taken("")


def picture_view() -> None:
    """One of three ways in, and what was read from the last picture."""
    way = st.segmented_control(
        text("draw.picture.way"),
        list(WAYS),
        format_func=lambda name: str(WAYS[name]),
        default="upload",
        required=True,
        key="draw/picture-way",
        persist_state="session",
        label_visibility="collapsed",
    )
    {"upload": _upload, "paste": _paste, "camera": _camera}[way]()
    now = sheet()
    if now.picture is not None and not st.session_state.get(_TAKEN_KEY, _NOTHING_TAKEN).problem:
        taken = text("draw.picture.taken", name=now.picture_name, was=now.picture.was)
        st.success(taken, icon=":material/check_circle:")
        for note in now.picture.notes:
            st.caption(str(note))


def _upload() -> None:
    file = st.file_uploader(
        text("draw.picture.file"),
        type="image",  # of any kind: what cannot be read is said in the lab's own words
        key="draw/picture-file",
        help=text("draw.picture.file_help"),
    )
    if file is not None:
        _take(file.file_id, file.getvalue, file.name)


def _camera() -> None:
    file = st.camera_input(text("draw.picture.hold"), key="draw/picture-camera")
    if file is not None:
        _take(file.file_id, file.getvalue, said("draw.picture.photo"))


def _paste() -> None:
    data = {"texts": {name: str(words) for name, words in _ZONE.items()}}
    result = component("draw/paste")(key=_PASTE_KEY, data=data, on_pasted_change=lambda: None)
    pasted = result.pasted
    if not isinstance(pasted, str) or not pasted.startswith("data:image/png;base64,"):
        return
    if len(pasted) > _LONGEST_PASTE:
        st.error(text("draw.picture.too_large", size=len(pasted), most=_LONGEST_PASTE))
        return
    try:
        picture = base64.b64decode(pasted.partition(",")[2], validate=True)
    except binascii.Error:
        st.error(text("draw.picture.no_picture"), icon=":material/error:")
        return
    _take(str(hash(picture)), lambda: picture, said("draw.picture.pasted"))


def _take(identity: str, read: Callable[[], bytes], name: str | Text) -> None:
    """Puts a picture that has just come in onto the pad; one that was taken before is left alone."""
    taken = st.session_state.get(_TAKEN_KEY, _NOTHING_TAKEN)
    if taken in (_Taken(identity), _Taken(identity, taken.problem, language())):
        if taken.problem:
            st.error(taken.problem, icon=":material/error:")
        return
    try:
        picture = read_picture(read(), str(name))
    except PictureError as error:
        st.session_state[_TAKEN_KEY] = _Taken(identity, str(error), language())
        st.error(str(error), icon=":material/error:")
        return
    st.session_state[_TAKEN_KEY] = _Taken(identity)
    put_picture(picture, name)
    st.rerun()
