"""The bar that is always in sight: what the run will cost, undo and redo, and Start.

Owns what keeps a run from starting, and the press that starts it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from lab.presets import PRESETS
from lab.registry import FieldError
from lab.spec import RunSpec
from lab.text import counted
from pages.ui.kit.controls import escaped
from pages.ui.kit.store import start_run
from pages.ui.train.draft import Draft, redone, undone
from pages.ui.train.layers import in_short
from pages.ui.train.places import part_of
from pages.ui.train.share import open_share, share_dialog_if_open
from pages.ui.train.state import current, edit
from pages.ui.train.verdict import DraftVerdict, verdict

TEXT_WIDTH = 760  # on a phone the text takes a line of its own, above the buttons
_STARTED, _FAILED = "train/started", "train/start-failed"


def obstacles(draft: Draft, known: DraftVerdict | None) -> list[str]:
    """Why this draft cannot start, in the order a person meets it on the page; empty if it can."""
    wrong = [f"{part_of(draft, path)}{mistake.message}" for path, mistake in draft.mistakes.items()]
    if known is None:
        return wrong
    misfits = [
        f"{report.index + 1} {report.title}: {report.error}" for report in known.reports if report.error
    ]
    return wrong + (misfits or [_sentence(error) for error in known.errors])


def _sentence(error: FieldError) -> str:
    message = str(error.message)
    return message[:1].upper() + message[1:]


def _title(spec: RunSpec) -> str:
    """What the run is called: a preset's name is the preset's alone."""
    if any(spec.title == entry.spec.title and spec != entry.spec for entry in PRESETS.values()):
        return f"{spec.title}, changed"
    return spec.title


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
                more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
                st.markdown(
                    f":small[:red[:material/error: {escaped(wrong[0])}{more}]]",
                    help=_listed(wrong) if more else None,
                )
            else:
                st.markdown(f":small[{_cost(draft, known)}]")
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            _tool(
                "Undo", "undo", off=not draft.versions.past and not draft.mistakes, press=edit, args=(undone,)
            )
            _tool("Redo", "redo", off=not draft.versions.future, press=edit, args=(redone,))
            _tool("Share this configuration or load another", "share", press=open_share)
            st.button(
                "Start training",
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
    epochs = counted(train.epochs, "epoch")
    if known is None:
        return f"{epochs} in batches of {train.batch_size:,}"
    needed = known.estimate
    return (
        f"**{needed.parameters:,}** parameters · {in_short(needed.flops)}FLOP per sample · "
        f"{needed.memory_gb:.1f} GB · about **{duration(needed.epoch_s)}** per epoch, "
        f"{duration(needed.epoch_s * train.epochs)} for {epochs}"
    )


def duration(seconds: float) -> str:
    """A duration as people say it: 0.8 s, 45 s, 3 min, 2.5 h."""
    if seconds < 9.5:
        return f"{max(seconds, 0.1):.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _start() -> None:
    """Submit what the page shows; a press that was on its way while the draft became wrong starts nothing."""
    draft = current()
    wrong = obstacles(draft, verdict(draft.spec))
    if wrong:
        st.session_state[_FAILED] = wrong[0]
        return
    try:
        st.session_state[_STARTED] = start_run(draft.spec, _title(draft.spec))
    except OSError as error:
        st.session_state[_FAILED] = str(error)


def open_started_run() -> None:
    """Go to the run that was just started; say why if it could not be."""
    if failure := st.session_state.pop(_FAILED, ""):
        st.error(escaped(failure), icon=":material/error:")
    if run_id := st.session_state.pop(_STARTED, ""):
        st.switch_page("pages/runs.py", query_params={"run": run_id})
