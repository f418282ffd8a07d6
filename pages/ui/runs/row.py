"""A person's runs, and one of them as a row: its curve, its name as a link, its state and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lab.figures.runs.thumbnail import WIDTH, thumbnail, thumbnail_data
from lab.presets import title_said
from lab.runs.run import Run, RunState
from lab.runs.wording import failure
from lab.texts import Text, said, text
from pages.ui.kit.controls import escaped
from pages.ui.kit.owner import owner
from pages.ui.kit.store import store

COMMAND_LINE = ""  # the owner of what was started there
STATE_COLOURS: dict[RunState, str] = {
    "queued": "gray",
    "running": "blue",
    "paused": "orange",
    "interrupted": "orange",
    "finished": "green",
    "stopped": "gray",
    "failed": "red",
}

STATES: dict[RunState, Text] = {
    "queued": said("runs.state.queued"),
    "running": said("runs.state.running"),
    "paused": said("runs.state.paused"),
    "interrupted": said("runs.state.interrupted"),
    "finished": said("runs.state.finished"),
    "stopped": said("runs.state.stopped"),
    "failed": said("runs.state.failed"),
}


def run_row(run: Run) -> None:
    """The run's row, inside a horizontal container of the caller's."""
    title = title_said(run.title or run.id)
    drawn = thumbnail(thumbnail_data(run.curve))
    st.image(drawn, width=WIDTH, alt=text("runs.row.loss_of", title=title))
    st.page_link("pages/runs.py", label=escaped(title), query_params={"run": run.id})
    state_badge(run)
    st.caption(result_in_words(run), width="content")


def is_mine(run: Run) -> bool:
    """Whether this person may steer and delete the run: their own, and those of the command line."""
    return run.owner in (owner(), COMMAND_LINE)


def my_runs(limit: int) -> list[Run]:
    """The newest runs of this person and of the command line."""
    found = [run for who in {owner(), COMMAND_LINE} for run in store().runs(who, limit=limit)]
    return sorted(found, key=lambda run: run.created_at, reverse=True)[:limit]


def any_moves(runs: Iterable[Run]) -> bool:
    """Whether one of the runs waits or trains, so that it will look different soon."""
    return any(run.state in ("queued", "running") for run in runs)


def count_of_my_runs() -> int:
    """How many runs there are of this person and of the command line."""
    return sum(store().count(who) for who in {owner(), COMMAND_LINE})


def state_badge(run: Run) -> None:
    """The run's state in its colour."""
    st.badge(str(STATES[run.state]), color=STATE_COLOURS[run.state])  # type: ignore[arg-type]


def result_in_words(run: Run) -> str:
    """How far the run is, or what came of it."""
    if run.test_accuracy is not None:
        return text("runs.row.on_test", accuracy=run.test_accuracy)
    if run.cause is not None:
        return failure(run.cause, run.step)[:120]
    if run.epochs and run.step:
        if run.accuracy is None:
            return text("runs.row.epoch", epoch=run.epoch, epochs=run.epochs)
        return text("runs.row.epoch_with_accuracy", epoch=run.epoch, epochs=run.epochs, accuracy=run.accuracy)
    return ""
