"""The newest runs of this person and of the command line: curve, name, state, result.

Owns a row's words. The list of all runs is the Runs page's.
"""

from __future__ import annotations

import streamlit as st

from lab.figures.thumbnail import WIDTH, thumbnail, thumbnail_data
from lab.run import Run, State
from pages.ui.owner import owner
from pages.ui.store import store

SHOWN = 5
REFRESH_S = 2.0
_COMMAND_LINE = ""  # the owner of what was started there
_COLOURS: dict[State, str] = {
    "queued": "gray",
    "running": "blue",
    "paused": "orange",
    "interrupted": "orange",
    "finished": "green",
    "stopped": "gray",
    "failed": "red",
}


def recent_runs() -> None:
    """The list; refreshed while a run of it is under way."""
    st.subheader("Recent runs", anchor=False)
    try:
        moving = any(run.state in ("queued", "running") for run in _newest())
    except OSError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.fragment(_rows, run_every=REFRESH_S if moving else None)(moving)


def _newest() -> list[Run]:
    runs = [run for who in {owner(), _COMMAND_LINE} for run in store().runs(who, limit=SHOWN)]
    return sorted(runs, key=lambda run: run.created_at, reverse=True)[:SHOWN]


def _rows(moving: bool) -> None:
    runs = _newest()
    if moving and not any(run.state in ("queued", "running") for run in runs):
        st.rerun()  # else the timer of this fragment never stops
    if not runs:
        st.caption("No run yet. Train the document's network above: its curve appears here and stays.")
        return
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"run-{run.id}"):
            st.image(thumbnail(thumbnail_data(run.curve)), width=WIDTH, alt=f"Loss of {run.title or run.id}")
            st.page_link("pages/runs.py", label=run.title or run.id, query_params={"run": run.id})
            st.badge(run.state, color=_COLOURS[run.state])  # type: ignore[arg-type]
            st.caption(_result(run), width="content")
    st.page_link("pages/runs.py", label="All runs", icon=":material/arrow_forward:")


def _result(run: Run) -> str:
    """How far the run is, or what came of it."""
    if run.test_accuracy is not None:
        return f"{run.test_accuracy:.1%} on the test set"
    if run.state == "failed":
        return run.reason[:120]
    if run.epochs and run.step:
        known = f", accuracy {run.accuracy:.1%}" if run.accuracy is not None else ""
        return f"epoch {run.epoch} of {run.epochs}{known}"
    return ""
