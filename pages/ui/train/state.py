"""The draft of one browser tab: where it is kept, how widgets change it, how the address bar follows it.

The draft in the session is the truth; widgets only echo it, so it survives page switches and every rerun.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import streamlit as st

from lab.presets import preset
from lab.spec_link import DEFAULT_PRESET, link_of, spec_in
from pages.ui.kit.controls import Put
from pages.ui.train.draft import Draft, Path, draft_of, entered, kind_chosen, replaced

_DRAFT = "train/draft"
_PROBLEMS = "train/link-problems"
_WRITTEN = "train/link-written"
_TOUCHED = "train/touched"
PRESET_KEY = "train/preset"  # a widget's key: gone after every page switch, so its absence means arrival

# A browser may still send the address before last right after an edit; that is no wish to go back.
_SETTLED_S = 1.5

P = ParamSpec("P")


def current() -> Draft:
    """The draft of this tab; the document's network at first."""
    if _DRAFT not in st.session_state:
        st.session_state[_DRAFT] = draft_of(preset(DEFAULT_PRESET))
    draft: Draft = st.session_state[_DRAFT]
    return draft


def edit(change: Callable[Concatenate[Draft, P], Draft], *args: P.args, **words: P.kwargs) -> None:
    """Replace the draft by its changed one; a change that is refused says why and alters nothing."""
    try:
        st.session_state[_DRAFT] = change(current(), *args, **words)
    except ValueError as error:
        st.toast(str(error), icon=":material/error:")
        return
    touched()
    st.session_state[_PROBLEMS] = ()


def touched() -> None:
    """Note that this run comes from a control of the page, so its old address is no wish to go back."""
    st.session_state[_TOUCHED] = True


def putter(*path: str) -> Put:
    """What a control under `path` calls with the name of its field and what was entered."""

    def put(name: str, value: Any) -> None:
        edit(entered, (*path, name), value)

    return put


def kind_putter(*path: str) -> Put:
    """What a choice among parts under `path` calls with its field and the chosen kind."""

    def put(name: str, kind: Any) -> None:
        if kind is not None:
            at: Path = (*path, name)
            edit(kind_chosen, at, str(kind))

    return put


def follow_address() -> None:
    """Take up what the address bar asks for: on arrival by a link, or when the browser went back."""
    given = {name: values for name in st.query_params if (values := st.query_params.get_all(name))}
    asked = {name: values[-1] for name, values in given.items()}
    arrived = PRESET_KEY not in st.session_state
    by_control = st.session_state.pop(_TOUCHED, False)
    written, when = st.session_state.get(_WRITTEN, ({}, 0.0))
    went_back = not arrived and not by_control and asked != written and time.monotonic() - when > _SETTLED_S
    if not asked or not (arrived or went_back):
        return
    linked = spec_in(asked)
    known = _DRAFT in st.session_state
    st.session_state[_DRAFT] = replaced(current(), linked.spec) if known else draft_of(linked.spec)
    twice = (
        f"{name} stands {len(values)} times in the link; its last value {values[-1][:40]!r} was taken"
        for name, values in given.items()
        if len(values) > 1
    )
    st.session_state[_PROBLEMS] = (*twice, *linked.problems)


def link_problems() -> tuple[str, ...]:
    """What was wrong with the link this tab was opened with, until the next edit."""
    problems: tuple[str, ...] = st.session_state.get(_PROBLEMS, ())
    return problems


def write_address() -> None:
    """Let the address bar say what the page shows, so that it can be copied at any time."""
    link = link_of(current().spec)
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
        st.session_state[_WRITTEN] = (link, time.monotonic())
