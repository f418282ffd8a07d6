"""The buttons that steer a run: pause, resume, step, stop, another learning rate.

Owns what can be pressed in which state. The runner makes the run follow.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lab.events import Message, SetLearningRate, StepOnce
from lab.run import Run, Want
from lab.store import UnknownRunError
from pages.ui.run_row import is_mine
from pages.ui.store import store

STEPS = (1, 10, 100)
MIN_RATE, MAX_RATE = 1e-8, 100.0


def control_bar(run: Run, rate: float) -> None:
    """The buttons for a run that is still active; nothing for one that has ended."""
    if not run.is_active:
        return
    if not is_mine(run):
        st.caption("You are watching. Whoever started this run steers it.")
        return
    paused = run.want == "pause"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="run-control"):
        if paused:
            _button("Resume", "play_arrow", _want, run.id, "run", primary=True)
        else:
            _button("Pause", "pause", _want, run.id, "pause", primary=True)
        for steps in STEPS:
            _button(
                f"+{steps}",
                None,
                _tell,
                run.id,
                StepOnce(steps),
                help=f"Train on {steps} more batch{'es' if steps > 1 else ''}, then wait",
                disabled=not paused,
            )
        _button("Stop", "stop", _want, run.id, "stop", help="End now and keep what there is")
        st.number_input(
            "Learning rate",
            min_value=MIN_RATE,
            max_value=MAX_RATE,
            value=max(rate, MIN_RATE),  # a schedule may end at zero
            step=max(float(f"{rate / 2:.1g}"), MIN_RATE),
            format="%g",
            width=170,
            key=f"rate-{run.id}",
            help="Takes effect with the next step; a schedule goes on scaled to it.",
            on_change=_set_rate,
            args=(run.id,),
        )


def _button(
    label: str,
    icon: str | None,
    do: Callable[..., None],
    *args: object,
    primary: bool = False,
    help: str | None = None,
    disabled: bool = False,
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:" if icon else None,
        type="primary" if primary else "secondary",
        key=f"control-{label}",
        on_click=do,
        args=args,
        help=help,
        disabled=disabled,
    )


def _want(run_id: str, wish: Want) -> None:
    try:
        store().want(run_id, wish)
    except UnknownRunError:
        st.toast("This run is gone.", icon=":material/error:")


def _tell(run_id: str, message: Message) -> None:
    try:
        store().tell(run_id, message)
    except UnknownRunError:
        st.toast("This run has ended.", icon=":material/error:")


def _set_rate(run_id: str) -> None:
    rate = st.session_state.get(f"rate-{run_id}")
    if rate is not None:
        _tell(run_id, SetLearningRate(float(rate)))
