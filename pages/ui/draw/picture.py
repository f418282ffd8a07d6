"""Bring a picture: upload, paste or camera; what was read goes onto the pad.

Owns this view and the paste button; reading the file is `lab.ink.pictures`'s.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from lab.ink.pictures import PictureError, read_picture
from pages.ui.draw.sheet import put_picture, sheet

WAYS = {"upload": "Upload", "paste": "Paste", "camera": "Camera"}
_TAKEN_KEY = "draw/picture-taken"
_PASTE_KEY = "draw/picture-paste"
_LONGEST_PASTE = 12_000_000

_PASTE_CSS = """
.zone { border: 1.5px dashed var(--st-border-color); border-radius: 8px; padding: 1.5rem; text-align: center;
  font-family: var(--st-font); color: var(--st-text-color); background: var(--st-secondary-background-color) }
.zone:focus { outline: 2px solid var(--st-primary-color) }
.zone small { display: block; opacity: .7; margin-top: .25rem }
"""
_PASTE_JS = """
export default function ({ parentElement, setTriggerValue }) {
  const zone = parentElement.querySelector(".zone")
  const told = zone.querySelector("small")
  const take = async file => {
    try {
      const bitmap = await createImageBitmap(file)
      const scale = Math.min(1, 1024 / Math.max(bitmap.width, bitmap.height))
      const canvas = document.createElement("canvas")
      canvas.width = Math.max(1, Math.round(bitmap.width * scale))
      canvas.height = Math.max(1, Math.round(bitmap.height * scale))
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height)
      setTriggerValue("pasted", canvas.toDataURL("image/png"))
      told.textContent = "Taken."
    } catch {
      told.textContent = "What was pasted is not a picture this browser can read."
    }
  }
  const look = event => {
    const files = [...(event.clipboardData?.files ?? [])]
    const picture = files.find(file => file.type.startsWith("image/"))
    event.preventDefault()
    if (picture) take(picture)
    else told.textContent = "There is no picture in the clipboard."
  }
  zone.onpaste = look
  zone.onclick = () => zone.focus()
}
"""


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
    result = _paste_zone()(key=_PASTE_KEY, on_pasted_change=lambda: None)
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


@cache
def _paste_zone() -> Callable[..., Any]:
    return st.components.v2.component(
        "layerlab_paste",
        html='<div class="zone" tabindex="0" role="button">Click here, then press Ctrl+V or Cmd+V\n'
        '<small aria-live="polite">A picture from the clipboard, a screenshot say.</small></div>',
        css=_PASTE_CSS,
        js=_PASTE_JS,
    )
