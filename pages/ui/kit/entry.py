"""The way into a page: always through app.py, also for the first visitor of a server by a page's own link.

Owns the one look into Streamlit's private state.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def through_app() -> None:
    """Start over with app.py where it has not run yet.

    Streamlit 1.67 takes a folder named pages/ for its older kind of app until `st.navigation` has been called
    once, and then runs a page opened by its link alone: wrong layout, wrong navigation.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
