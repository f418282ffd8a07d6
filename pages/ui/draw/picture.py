"""Bring a picture: upload, paste or camera; what was read goes onto the pad.

Owns this view and the paste button; reading the file is `lab.ink.pictures`'s.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import streamlit as st

from lab.ink.pictures import PictureError, read_picture
from pages.ui.draw.sheet import put_picture, sheet
from pages.ui.kit.component import component

WAYS = {"upload": "Upload", "paste": "Paste", "camera": "Camera"}
_TAKEN_KEY = "draw/picture-taken"
_PASTE_KEY = "draw/picture-paste"
_LONGEST_PASTE = 12_000_000


def picture_view() -> None:
    """One of three ways in, and what was read from the last picture."""
    way = st.segmented_control(
        "Way in",
        list(WAYS),
        format_func=WAYS.__getitem__,
        default="upload",
        required=True,
        key="draw/picture-way",
        persist_state="session",
        label_visibility="collapsed",
    )
    {"upload": _upload, "paste": _paste, "camera": _camera}[way]()
    now = sheet()
    if now.picture is not None and not st.session_state.get(_TAKEN_KEY, ("", ""))[1]:
        notes = "".join(f"; {note}" for note in now.picture.notes)
        st.success(
            f"{now.picture_name}: {now.picture.was}{notes}. It is on the pad; the X-ray shows how it was read.",
            icon=":material/check_circle:",
        )


def _upload() -> None:
    file = st.file_uploader(
        "A picture of one digit, dark on light or light on dark",
        type="image",  # of any kind: what cannot be read is said in the lab's own words
        key="draw/picture-file",
        help="PNG, JPEG, GIF, WebP or BMP, up to 20 MB. For several digits, see the tab before this one.",
    )
    if file is not None:
        _take(file.file_id, file.getvalue, file.name)


def _camera() -> None:
    file = st.camera_input("Hold a digit on paper into the camera", key="draw/picture-camera")
    if file is not None:
        _take(file.file_id, file.getvalue, "photo")


def _paste() -> None:
    result = component("draw/paste")(key=_PASTE_KEY, on_pasted_change=lambda: None)
    pasted = result.pasted
    if not isinstance(pasted, str) or not pasted.startswith("data:image/png;base64,"):
        return
    if len(pasted) > _LONGEST_PASTE:
        st.error(f"The pasted picture has {len(pasted) / 1e6:.0f} MB; allowed: {_LONGEST_PASTE / 1e6:.0f} MB")
        return
    try:
        data = base64.b64decode(pasted.partition(",")[2], validate=True)
    except binascii.Error:
        st.error("What was pasted is not a picture.", icon=":material/error:")
        return
    _take(str(hash(data)), lambda: data, "pasted picture")


def _take(identity: str, read: Callable[[], bytes], name: str) -> None:
    """Puts a picture that has just come in onto the pad; one that was taken before is left alone."""
    taken = st.session_state.get(_TAKEN_KEY)
    if taken is not None and taken[0] == identity:
        if taken[1]:
            st.error(taken[1], icon=":material/error:")
        return
    try:
        picture = read_picture(read(), name)
    except PictureError as error:
        st.session_state[_TAKEN_KEY] = (identity, str(error))
        st.error(str(error), icon=":material/error:")
        return
    st.session_state[_TAKEN_KEY] = (identity, "")
    put_picture(picture, name)
    st.rerun()
