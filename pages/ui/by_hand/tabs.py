"""The tabs below the picture, the open one of which stays open when the language changes.

Owns their titles. Knows nothing of what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from lab.texts import said

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_tab_container import TabContainer

_KEY, _OPEN = "by_hand/tab", "by_hand/open_tab"
TITLES = (
    said("by_hand_page.tabs.parameters"),
    said("by_hand_page.tabs.check"),
    said("by_hand_page.tabs.trial"),
    said("by_hand_page.tabs.exercise"),
    said("by_hand_page.tabs.training"),
    said("by_hand_page.tabs.export"),
)


def tabs() -> Sequence[TabContainer]:
    """The tabs in their order; Streamlit knows the open one by its title."""
    titles = [str(title) for title in TITLES]
    if _KEY in st.session_state and st.session_state[_KEY] not in titles:
        st.session_state[_KEY] = titles[st.session_state.get(_OPEN, 0)]
    shown = st.tabs(titles, on_change="rerun", key=_KEY)
    st.session_state[_OPEN] = next((place for place, tab in enumerate(shown) if tab.open), 0)
    return shown
