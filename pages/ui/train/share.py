"""The whole configuration to take away and to bring back: as a link, as JSON, from a file.

Owns the dialog. What is brought is checked before it replaces anything.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from lab.registry import SpecError
from lab.spec import RunSpec, parse_spec
from lab.spec_link import link_of
from lab.texts import said, text
from pages.ui.kit.controls import escaped
from pages.ui.train.draft import Draft, replaced
from pages.ui.train.places import wrong_fields
from pages.ui.train.state import edit

_FORM = '{"network": {"layers": [...]}}'
_OPEN = "train/share-open"
_PASTED, _UPLOADED = "train/pasted", "train/uploaded"
_GIVEN = "train/load-given"
_PROBLEMS = "train/load-problems"


def open_share() -> None:
    """Let the dialog open on the next draw, and stay over every draw until it is closed."""
    st.session_state[_OPEN] = True


def close_share() -> None:
    """Let the dialog be gone on the next draw."""
    st.session_state[_OPEN] = False
    st.session_state.pop(_PROBLEMS, None)
    st.session_state.pop(_GIVEN, None)


def share_dialog_if_open(draft: Draft) -> None:
    """The dialog, from its button's press until it is closed."""
    if st.session_state.get(_OPEN, False):
        st.dialog(text("train.share.title"), width="large", on_dismiss=close_share)(_share)(draft)


def file_name(spec: RunSpec) -> str:
    """A file name made of the title's plain letters."""
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in spec.title.lower())
    return "-".join(part for part in plain.split("-") if part)[:60] or "run"


def _share(draft: Draft) -> None:
    if not st.session_state.get(_OPEN):
        st.rerun()
    spec = draft.spec
    if wrong := wrong_fields(draft):
        held = text("train.share.last_valid", fields=[escaped(each) for each in wrong])
        st.markdown(f":small[:orange[:material/info:] {held}]")
    link, as_json, load = st.tabs([text("train.share.link"), "JSON", text("train.share.load")])
    with link:
        here = urlsplit(st.context.url or "")
        address = urlunsplit((here.scheme, here.netloc, here.path, urlencode(link_of(spec)), ""))
        st.caption(text("train.share.link_opens"))
        st.code(address, language=None, wrap_lines=True)
    with as_json:
        content = spec.model_dump_json(indent=2)
        st.caption(text("train.share.json_holds", command="`python -m lab train SPEC.json`"))
        st.code(content, language="json", height=380)
        st.download_button(
            text("train.share.download"),
            content,
            f"{file_name(spec)}.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
    with load:
        _load()


def _load() -> None:
    st.file_uploader(
        text("train.share.from_file"), type="json", max_upload_size=1, key=_UPLOADED, on_change=_note_given
    )
    st.text_area(
        text("train.share.paste"),
        height=220,
        key=_PASTED,
        placeholder=_FORM,
        on_change=_note_given,
    )
    # Never disabled: what was pasted is known only once the box is left, which the press on this button does.
    st.button(text("train.share.use"), type="primary", key="train/use-pasted", on_click=_use)
    if problems := st.session_state.get(_PROBLEMS):
        heading, *lines = problems
        listed = "".join(f"\n- {escaped(each)}" for each in lines)
        st.error(f"{heading}{listed}", icon=":material/error:")


def _note_given() -> None:
    """Note which of the two, file or text, was given after the other: that one is meant."""
    file = st.session_state.get(_UPLOADED)
    pasted = str(st.session_state.get(_PASTED, "")).strip()
    now = {"file": file.file_id if file is not None else "", "text": pasted}
    before, last = st.session_state.get(_GIVEN, ({}, ""))
    # A text that comes with a press on the button was entered after every file.
    new = [name for name, what in now.items() if what and what != before.get(name)]
    last = new[-1] if new else last
    last = last if now.get(last) else next((name for name, what in now.items() if what), "")
    st.session_state[_GIVEN] = (now, last)


def _use() -> None:
    _note_given()
    last = st.session_state[_GIVEN][1]
    if not last:
        st.session_state[_PROBLEMS] = (said("train.share.nothing_given"),)
        return
    file: Any = st.session_state.get(_UPLOADED)
    pasted = str(st.session_state.get(_PASTED, ""))
    try:
        spec = parse_spec(file.getvalue() if last == "file" else pasted)
    except SpecError as error:
        heading = said("train.share.pasted_unusable")
        if last == "file":
            heading = said("train.share.file_unusable", name=escaped(file.name))
        st.session_state[_PROBLEMS] = (heading, *error.errors[:12])
        return
    edit(replaced, spec)
    close_share()
