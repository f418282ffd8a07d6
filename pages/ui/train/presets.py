"""The presets to start from."""

from __future__ import annotations

import streamlit as st

from lab.presets import PRESETS, preset
from lab.texts import text
from lab.texts.formats import source
from pages.ui.kit.echo import following, when_edited
from pages.ui.train.draft import Draft, replaced
from pages.ui.train.state import current, edit

PRESET_KEY = "train/preset"


def _chosen() -> None:
    # A press on the marked preset gives None: start from it again, without what was entered wrong.
    name = st.session_state.get(PRESET_KEY) or _equal(current())
    if name in PRESETS:
        edit(replaced, preset(name))


def _equal(draft: Draft) -> str | None:
    """The preset that the draft is the same as."""
    return next((name for name, entry in PRESETS.items() if entry.spec == draft.spec), None)


def preset_choice(draft: Draft) -> None:
    """All presets as pills, the one that the draft equals marked, with a line on what it shows."""
    equal = _equal(draft)
    st.pills(
        text("train.presets.start_from"),
        tuple(PRESETS),
        format_func=lambda name: str(PRESETS[name].title),
        default=following(PRESET_KEY, equal),
        key=PRESET_KEY,
        on_change=when_edited(PRESET_KEY, _chosen),
    )
    if equal is not None:
        st.caption(f"{PRESETS[equal].summary} {source(PRESETS[equal].source)}")
    else:
        st.caption(text("train.presets.own"))
