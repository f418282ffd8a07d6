"""The draft of one browser tab: where it is kept, how widgets change it, how the address follows it.

The draft in the session is the truth; widgets only echo it, so it survives page switches and every rerun.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

import streamlit as st

from lab.presets import preset
from lab.spec_link import DEFAULT_PRESET, FREE_TEXT, is_own, link_of, spec_in
from pages.ui.kit.address import Address
from pages.ui.kit.controls import Put
from pages.ui.kit.fields import EntryError
from pages.ui.train.draft import Draft, Path, draft_of, entered, kind_chosen, replaced

_DRAFT = "train/draft"
ADDRESS = Address("train", is_own, FREE_TEXT)

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
    except EntryError as error:
        st.toast(str(error), icon=":material/error:")
        return
    ADDRESS.edited()


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
    """Take up what the address asks for; the draft before is one undo away."""
    asked = ADDRESS.asked()
    if asked is None:
        return
    linked = spec_in(asked.own)
    begun = _DRAFT in st.session_state
    st.session_state[_DRAFT] = replaced(current(), linked.spec) if begun else draft_of(linked.spec)
    ADDRESS.blame(linked.problems)


def write_address() -> None:
    """Let the address say what the page shows, so that it can be copied at any time."""
    ADDRESS.write(link_of(current().spec))
