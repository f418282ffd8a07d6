"""All runs of this person and of the command line, to open, compare or delete.

Owns the list and what ticking its rows leads to; which runs are compared stands in the address.
"""

from __future__ import annotations

import time

import streamlit as st

from lab.presets import title_said
from lab.runner.warm import wake_runner
from lab.runs.run import Run
from lab.runs.store import UnknownRunError
from lab.texts import text
from pages.ui.kit.component import component, page_style
from pages.ui.kit.refreshing import refreshing
from pages.ui.kit.store import store
from pages.ui.runs.address import compared, no_such_run
from pages.ui.runs.all_runs_link import all_runs_link
from pages.ui.runs.compare import compare
from pages.ui.runs.row import any_moves, count_of_my_runs, is_mine, my_runs, run_row

REFRESH_S = 2.0
SHOWN = 50  # rows at first, and how many more each time they are asked for
MOST_COMPARED = 7
_ROWS = "runs/rows"  # how many this browser shows


def runs_list() -> None:
    """What the address compares, and below it the rows to choose from."""
    runs = _runs()
    there = {run.id for run in runs}
    for name in compared()[:MOST_COMPARED]:
        if name not in there:
            no_such_run(name)
    if not runs:
        _empty()
        return
    # Also when empty: what is below is not drawn anew, and the page stays long.
    above = st.container(key="runs/compared")
    asked = compared()
    named = [run for run in runs if run.id in asked]
    if len(named) > 1:
        with above:
            _compared(named, asked)
    page_style("runs/list")
    refreshing(_runs, _rows, any_moves, moving=any_moves(runs), every_s=REFRESH_S)


def _compared(runs: list[Run], asked: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(text("runs.list.compared", n=len(runs)), anchor=False, width="content")
        st.space("stretch")
        all_runs_link()
    # The button that asks for it may be pressed far below.
    component("runs/into_view")(data={"shown": ",".join(asked)}, key="runs/compared-in-view")
    refreshing(lambda: _named(asked), _comparison, any_moves, moving=any_moves(runs), every_s=REFRESH_S)


def _named(asked: list[str]) -> list[Run]:
    return [run for run in _runs() if run.id in asked]


def _comparison(runs: list[Run]) -> None:
    compare(runs[:MOST_COMPARED])
    if len(runs) > MOST_COMPARED:
        st.caption(text("runs.list.first_drawn", most=MOST_COMPARED))


def _runs() -> list[Run]:
    """This person's runs, and those that the address names."""
    mine = my_runs(_rows_shown())
    known = {run.id for run in mine}
    asked = [run_id for run_id in compared()[:MOST_COMPARED] if run_id not in known]
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
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="runs/older-runs"):
        st.caption(text("runs.list.shown", shown=shown, count=count), width="content")
        st.button(
            text("runs.list.more", n=min(SHOWN, count - shown)),
            icon=":material/expand_more:",
            key="runs/more-runs",
            on_click=_show_more,
        )


def _empty() -> None:
    with st.container(border=True, horizontal_alignment="center", key="runs/no-runs"):
        st.markdown(text("runs.list.empty"))
        st.page_link("pages/train.py", label=text("runs.list.choose"), icon=":material/model_training:")


def _rows(runs: list[Run]) -> None:
    if any_moves(runs):
        wake_runner()
    asked = compared()
    _bar([run for run in runs if st.session_state.get(_tick(run), run.id in asked)], asked)
    for run in runs:
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"runs/row-{run.id}"
        ):
            st.checkbox(
                text("runs.list.tick", title=title_said(run.title or run.id)),
                value=run.id in asked,
                key=_tick(run),
                label_visibility="collapsed",
            )
            run_row(run)
            st.caption(_ago(run.created_at), width="content")
            if is_mine(run):
                _delete_button(run)
    _older()


def _tick(run: Run) -> str:
    return f"runs/compare-{run.id}"


def _bar(ticked: list[Run], asked: list[str]) -> None:
    """What the ticks lead to, above the rows and always in view: they stay where they are under the pointer."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="runs/compare-bar"):
        ids = [run.id for run in ticked][:MOST_COMPARED]
        if len(ids) < 2:
            words = text("runs.list.tick_another") if ids else text("runs.list.tick_two")
            st.caption(words, width="content")
            return
        if st.button(
            text("runs.list.compare", n=len(ids)),
            type="primary",
            icon=":material/compare_arrows:",
            key="runs/compare-ticked",
            disabled=set(ids) == set(asked),
        ):
            st.switch_page("pages/runs.py", query_params={"compare": ",".join(ids)})
        if len(ticked) > MOST_COMPARED:
            words = text("runs.list.first_compared", most=MOST_COMPARED, n=len(ticked))
            st.caption(words, width="content")


def _delete_button(run: Run) -> None:
    what, key = text("runs.list.delete_this"), f"runs/delete-{run.id}"
    with st.popover("", icon=":material/delete:", type="tertiary", key=key, help=what):
        st.markdown(text("runs.list.lost_for_good"))
        st.button(
            text("runs.list.delete"),
            key=f"runs/really-{run.id}",
            type="primary",
            on_click=_delete,
            args=(run.id,),
        )


def _delete(run_id: str) -> None:
    try:
        store().delete(run_id)
    except UnknownRunError:
        st.toast(text("runs.list.deleted_before"))


def _ago(when: float) -> str:
    seconds = max(0.0, time.time() - when)
    for unit in (86400, 3600, 60):
        if seconds >= unit:
            return text("runs.list.ago", age=seconds // unit * unit)
    return text("runs.list.just_now")
