"""The bar that is always in sight: what the run will cost, undo and redo, and Start.

Owns what keeps a run from starting, and the press that starts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lab.presets import PRESETS
from lab.spec import RunSpec
from pages.ui.store import start_run
from pages.ui.train_draft import Draft, redone, undone
from pages.ui.train_layers import in_short
from pages.ui.train_state import edit

if TYPE_CHECKING:
    from lab.network import LayerReport


def obstacles(draft: Draft, reports: tuple[LayerReport, ...] | None) -> list[str]:
    """Why this draft cannot start, in the order a person meets it on the page; empty if it can."""
    wrong = [mistake.message for mistake in draft.mistakes.values()]
    wrong += [
        f"{report.index + 1} {report.title}: {report.error}" for report in reports or () if report.error
    ]
    return wrong


def _title(spec: RunSpec) -> str:
    """What the run is called: a preset's name is the preset's alone."""
    if any(spec.title == entry.title and spec != entry.spec for entry in PRESETS.values()):
        return f"{spec.title}, changed"
    return spec.title


def start_bar(draft: Draft, reports: tuple[LayerReport, ...] | None) -> None:
    """The bar at the bottom of the page."""
    wrong = obstacles(draft, reports)
    with st.bottom.container(
        horizontal=True, vertical_alignment="center", gap="small", key="train-start-bar"
    ):
        with st.container(width="stretch", gap=None):
            if wrong:
                more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
                st.markdown(f":red[:material/error: {wrong[0]}{more}]")
            else:
                st.markdown(_cost(draft, reports))
        st.button(
            "Undo",
            icon=":material/undo:",
            type="tertiary",
            key="train/undo",
            on_click=edit,
            args=(undone,),
            disabled=not draft.past and not draft.mistakes,
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            type="tertiary",
            key="train/redo",
            on_click=edit,
            args=(redone,),
            disabled=not draft.future,
        )
        pressed = st.button(
            "Start training",
            icon=":material/play_arrow:",
            type="primary",
            key="train/start",
            disabled=bool(wrong),
            help=wrong[0] if wrong else None,
        )
    if pressed and not wrong:
        _start(draft.spec)


def _cost(draft: Draft, reports: tuple[LayerReport, ...] | None) -> str:
    train = draft.spec.train
    epochs = f"{train.epochs} epoch" + ("" if train.epochs == 1 else "s")
    if reports is None:
        return f"{epochs} in batches of {train.batch_size:,}"
    parameters = sum(report.parameters for report in reports)
    flops = sum(report.flops for report in reports)
    return (
        f"**{parameters:,}** parameters · {in_short(flops)}FLOP per sample · "
        f"{epochs} in batches of {train.batch_size:,}"
    )


def _start(spec: RunSpec) -> None:
    try:
        run_id = start_run(spec, _title(spec))
    except OSError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.switch_page("pages/runs.py", query_params={"run": run_id})
