"""All runs of this person and of the command line, to open, compare or delete.

Owns the list and the comparison below it; which runs are compared stands in the address.
"""

from __future__ import annotations

import time

import streamlit as st

from lab.run import Run
from lab.store import UnknownRunError
from pages.ui.run_row import count_of_my_runs, is_mine, my_runs, run_row
from pages.ui.runs_compare import compare
from pages.ui.store import store

REFRESH_S = 2.0
SHOWN = 50  # rows at first, and how many more each time they are asked for
MOST_COMPARED = 7
_ROWS = "runs/rows"  # how many this browser shows


def runs_list() -> None:
    """The rows, and the chosen ones compared."""
    runs = _runs()
    if not runs:
        _empty()
        return
    moving = any(run.state in ("queued", "running") for run in runs)
    st.caption("Tick two or more to compare their curves.")
    st.fragment(_rows, run_every=REFRESH_S if moving else None)(moving)


def _runs() -> list[Run]:
    """This person's runs, and those that the address names."""
    mine = my_runs(_rows_shown())
    known = {run.id for run in mine}
    asked = [run_id for run_id in _asked()[:MOST_COMPARED] if run_id not in known]
    return [*mine, *(run for run_id in asked if (run := store().run(run_id)))]


def _rows_shown() -> int:
    return int(st.session_state.get(_ROWS, SHOWN))


def _show_more() -> None:
    st.session_state[_ROWS] = _rows_shown() + SHOWN


def _older() -> None:
    """How many more runs there are, and a button for the next of them."""
    shown, count = _rows_shown(), count_of_my_runs()
    if count <= shown:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="older-runs"):
        st.caption(f"{shown:,} of {count:,} runs", width="content")
        st.button(
            f"Show {min(SHOWN, count - shown)} more",
            icon=":material/expand_more:",
            key="more-runs",
            on_click=_show_more,
        )


def _asked() -> list[str]:
    return [run_id for run_id in st.query_params.get("compare", "").split(",") if run_id]


def _empty() -> None:
    with st.container(border=True, horizontal_alignment="center", key="no-runs"):
        st.markdown("**No run yet.** Choose a network, press Start, and its curves appear here.")
        st.page_link("pages/train.py", label="Choose a network", icon=":material/model_training:")


def _rows(moving: bool) -> None:
    runs = _runs()
    if moving and not any(run.state in ("queued", "running") for run in runs):
        st.rerun()  # else the timer of this fragment never stops
    asked = set(_asked())
    chosen = []
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row-{run.id}"):
            ticked = st.checkbox(
                f"Compare {run.title or run.id}",
                value=run.id in asked,
                key=f"compare-{run.id}",
                label_visibility="collapsed",
            )
            if ticked:
                chosen.append(run)
            run_row(run)
            st.caption(_ago(run.created_at), width="content")
            if is_mine(run):
                _delete_button(run)
    _older()
    _write_choice([run.id for run in chosen])
    if len(chosen) == 1:
        st.caption("Tick one more to compare.")
    elif chosen:
        compare(chosen[:MOST_COMPARED])
        if len(chosen) > MOST_COMPARED:
            st.caption(f"The first {MOST_COMPARED} are drawn.")


def _write_choice(ids: list[str]) -> None:
    if ids:
        st.query_params["compare"] = ",".join(ids)
    elif "compare" in st.query_params:
        del st.query_params["compare"]


def _delete_button(run: Run) -> None:
    with st.popover(
        "", icon=":material/delete:", type="tertiary", key=f"delete-{run.id}", help="Delete this run"
    ):
        st.markdown("Its curves and weights cannot be brought back.")
        st.button("Delete", key=f"really-{run.id}", type="primary", on_click=_delete, args=(run.id,))


def _delete(run_id: str) -> None:
    try:
        store().delete(run_id)
    except UnknownRunError:
        st.toast("This run was gone already.")


def _ago(when: float) -> str:
    seconds = max(0.0, time.time() - when)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"
