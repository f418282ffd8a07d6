"""The newest runs of this person and of the command line.

Owns which ones Home shows and what it says when there is none. A row is `run_row`'s, the list of all the Runs page's.
"""

from __future__ import annotations

import streamlit as st

from lab.runs.run import Run
from pages.ui.runs.row import my_runs, run_row

SHOWN = 5
REFRESH_S = 2.0


def recent_runs() -> None:
    """The list; refreshed while a run of it is under way."""
    st.subheader("Recent runs", anchor=False)
    try:
        moving = _any_moves(my_runs(SHOWN))
    except OSError:
        moving = False  # the rows say why
    st.fragment(_rows, run_every=REFRESH_S if moving else None)(moving)


def _any_moves(runs: list[Run]) -> bool:
    return any(run.state in ("queued", "running") for run in runs)


def _rows(moving: bool) -> None:
    try:
        runs = my_runs(SHOWN)
    except OSError as error:  # the disk went away between two looks
        st.error(str(error), icon=":material/error:")
        return
    if moving and not _any_moves(runs):
        st.rerun()  # else the timer of this fragment never stops
    if not runs:
        st.caption("No run yet. Train the document's network above: its curve appears here and stays.")
        return
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"run-{run.id}"):
            run_row(run)
    st.page_link("pages/runs.py", label="All runs", icon=":material/arrow_forward:")
