"""The way from what the Runs page shows to the list of all runs: a link of its own, and the menu's entry.

Owns the seam to `static/runs/all_runs_link.js`, the one look at the links around the page.
"""

from __future__ import annotations

import streamlit as st

from lab.texts import text
from pages.ui.kit.component import component


def all_runs_link() -> None:
    """The link, at the end of a horizontal container of the caller's; while it is there, the menu leads there too."""
    with st.container(key="runs/all-runs", width="content", gap=None):
        st.page_link("pages/runs.py", label=text("runs.all"), icon=":material/list:")
        component("runs/all_runs_link")(key="runs/follow-the-menu", height=0)
