"""The way into a page: always through app.py, also for the first visitor of a server by a page's own link.

Owns the looks into Streamlit's private state: which page runs, and whether the browser's Back or Forward asked.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

_PAGE, _VISIT = "kit/page", "kit/visit"


def through_app() -> None:
    """Start over with app.py where it has not run yet.

    Streamlit 1.67 takes a folder named pages/ for its older kind of app until `st.navigation` has been called
    once, and then runs a page opened by its link alone: wrong layout, wrong navigation.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state[_VISIT] = visit() + 1


def visit() -> int:
    """A number that is another one after each switch of pages."""
    return int(st.session_state.get(_VISIT, 0))


def by_history() -> bool:
    """Whether the browser's Back or Forward asked for this run; Streamlit 1.67 tells only its own widgets."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
