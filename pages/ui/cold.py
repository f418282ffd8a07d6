"""A link that opens a page on a server nobody has visited: brings the page into the app.

Until the app's table of pages has been read once, Streamlit 1.67 takes a folder named `pages` for its older
kind of app and runs a page alone, without the app around it.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def join_app() -> None:
    """Start over inside the app when the page was run alone; the first line of every page."""
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
