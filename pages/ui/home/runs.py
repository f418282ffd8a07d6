"""The newest runs of this person and of the command line.

Owns which ones Home shows and what it says when there is none. A row is `run_row`'s, the list of all the Runs page's.
"""

from __future__ import annotations

import streamlit as st

from lab.runs.run import Run
from lab.texts import text
from pages.ui.kit.refreshing import refreshing
from pages.ui.runs.row import any_moves, my_runs, run_row

SHOWN = 5
REFRESH_S = 2.0


def recent_runs() -> None:
    """The list; refreshed while a run of it is under way."""
    st.subheader(text("home.runs.title"), anchor=False)
    refreshing(_read, _rows, _any_moves, moving=_any_moves(_read()), every_s=REFRESH_S)


def _read() -> list[Run] | OSError:
    try:
        return my_runs(SHOWN)
    except OSError as error:  # the disk may go away between two looks
        return error


def _any_moves(runs: list[Run] | OSError) -> bool:
    return not isinstance(runs, OSError) and any_moves(runs)


def _rows(runs: list[Run] | OSError) -> None:
    if isinstance(runs, OSError):
        st.error(str(runs), icon=":material/error:")
        return
    if not runs:
        st.caption(text("home.runs.none"))
        return
    for run in runs:
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key=f"home/run-{run.id}"
        ):
            run_row(run)
    st.page_link("pages/runs.py", label=text("home.runs.all"), icon=":material/arrow_forward:")
