"""The way from what the Runs page shows to the list of all runs: a link of its own, and the menu's entry.

Owns the one look at the links around the page.
"""

from __future__ import annotations

import streamlit as st

# Streamlit 1.67 keeps the address when the menu leads to the page it stands on: the link here follows, which does not.
_FOLLOW_THE_MENU = """
export default function () {
  const follow = event => {
    const own = document.querySelector(".st-key-runs-all-runs a")
    const pressed = event.target.closest?.("a")
    if (!own || !pressed || pressed === own || pressed.href !== own.href) return
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    setTimeout(() => own.click())
  }
  document.addEventListener("click", follow, true)
  return () => document.removeEventListener("click", follow, true)
}
"""
_follow_the_menu = st.components.v2.component(
    "layerlab_all_runs", html="<span></span>\n", js=_FOLLOW_THE_MENU
)


def all_runs_link() -> None:
    """The link, at the end of a horizontal container of the caller's; while it is there, the menu leads there too."""
    with st.container(key="runs/all-runs", width="content", gap=None):
        st.page_link("pages/runs.py", label="All runs", icon=":material/list:")
        _follow_the_menu(key="runs/follow-the-menu", height=0)
