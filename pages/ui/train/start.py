"""The bar that is always in sight: what the run will cost, undo and redo, and Start.

Owns what keeps a run from starting, and the press that starts it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from lab.presets import run_title
from lab.texts import text
from lab.texts.formats import sentence
from pages.ui.kit.controls import escaped
from pages.ui.kit.store import start_run
from pages.ui.train.draft import Draft, redone, undone
from pages.ui.train.places import in_place, of_layer
from pages.ui.train.share import open_share, share_dialog_if_open
from pages.ui.train.state import current, edit
from pages.ui.train.verdict import DraftVerdict, verdict

TEXT_WIDTH = 760  # on a phone the text takes a line of its own, above the buttons
_STARTED, _FAILED = "train/started", "train/start-failed"


def obstacles(draft: Draft, known: DraftVerdict | None) -> list[str]:
    """Why this draft cannot start, in the order a person meets it on the page; empty if it can."""
    wrong = [in_place(draft, path, mistake.message) for path, mistake in draft.mistakes.items()]
    if known is None:
        return wrong
    misfits = [of_layer(report.index, report.title, report.error) for report in known.reports if report.error]
    return wrong + (misfits or [sentence(error.message) for error in known.errors])


def start_bar(draft: Draft, known: DraftVerdict | None) -> None:
    """The bar at the bottom of the page."""
    wrong = obstacles(draft, known)
    with st.bottom.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="small",
        key="train/start-bar",
    ):
        with st.container(width=TEXT_WIDTH, gap=None):
            if wrong:
                first, more = escaped(wrong[0]), len(wrong) - 1
                line = text("train.start.and_more", first=first, n=more) if more else first
                st.markdown(f":small[:red[:material/error: {line}]]", help=_listed(wrong) if more else None)
            else:
                st.markdown(f":small[{_cost(draft, known)}]")
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            _tool(
                text("train.start.undo"),
                "undo",
                off=not draft.versions.past and not draft.mistakes,
                press=edit,
                args=(undone,),
            )
            _tool(text("train.start.redo"), "redo", off=not draft.versions.future, press=edit, args=(redone,))
            _tool(text("train.start.share"), "share", press=open_share)
            st.button(
                text("train.start.start"),
                icon=":material/play_arrow:",
                type="primary",
                key="train/start",
                disabled=bool(wrong),
                help=_listed(wrong) if wrong else None,
                on_click=_start,
            )
    share_dialog_if_open(draft)


def _listed(wrong: list[str]) -> str:
    """All that is wrong, for a tooltip."""
    return "\n".join(f"- {escaped(line)}" for line in wrong) if len(wrong) > 1 else escaped(wrong[0])


def _tool(
    help_text: str, icon: str, *, press: Callable[..., None], args: tuple[Any, ...] = (), off: bool = False
) -> None:
    st.button(
        f":material/{icon}:",
        type="tertiary",
        key=f"train/{icon}",
        help=help_text,
        on_click=press,
        args=args,
        disabled=off,
    )


def _cost(draft: Draft, known: DraftVerdict | None) -> str:
    train = draft.spec.train
    if known is None:
        return text("train.start.epochs_in_batches", epochs=train.epochs, batch_size=train.batch_size)
    needed = known.estimate
    epoch_s = max(needed.epoch_s, 0.1)  # a run that takes no time at all would be said wrong
    return text(
        "train.start.cost",
        parameters=needed.parameters,
        flops=needed.flops,
        memory=needed.memory_gb * 1e9,
        epoch_s=epoch_s,
        run_s=max(needed.epoch_s * train.epochs, epoch_s),
        epochs=train.epochs,
    )


def _start() -> None:
    """Submit what the page shows; a press that was on its way while the draft became wrong starts nothing."""
    draft = current()
    wrong = obstacles(draft, verdict(draft.spec))
    if wrong:
        st.session_state[_FAILED] = wrong[0]
        return
    try:
        st.session_state[_STARTED] = start_run(draft.spec, run_title(draft.spec))
    except OSError as error:
        st.session_state[_FAILED] = str(error)


def open_started_run() -> None:
    """Go to the run that was just started; say why if it could not be."""
    if failure := st.session_state.pop(_FAILED, ""):
        st.error(escaped(failure), icon=":material/error:")
    if run_id := st.session_state.pop(_STARTED, ""):
        st.switch_page("pages/runs.py", query_params={"run": run_id})
