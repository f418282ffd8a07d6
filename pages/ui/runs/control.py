"""The buttons that steer a run: pause, resume, step, stop, another learning rate.

Owns what can be pressed in which state. The runner makes the run follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from lab.events import LearningRateChanged, Message, SetLearningRate, StepOnce
from lab.runs.run import Run, Want
from lab.runs.store import UnknownRunError
from lab.texts import text
from pages.ui.kit.controls import field_control, mark
from pages.ui.kit.fields import WrongValue, fields_of, parsed
from pages.ui.kit.store import store
from pages.ui.runs.row import is_mine

STEPS = (1, 10, 100)


def control_bar(run: Run) -> None:
    """The buttons for a run that is still active; nothing for one that has ended."""
    if not run.is_active:
        return
    if not is_mine(run):
        st.caption(text("runs.control.watching"))
        return
    paused = run.want == "pause"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="runs/control"):
        if paused:
            _button("resume", text("runs.control.resume"), "play_arrow", _want, run.id, "run", primary=True)
        else:
            _button("pause", text("runs.control.pause"), "pause", _want, run.id, "pause", primary=True)
        for steps in STEPS:
            _button(
                f"steps-{steps}",
                f"+{steps}",
                None,
                _tell,
                run.id,
                StepOnce(steps=steps),
                help=text("runs.control.more_steps", n=steps),
                disabled=not paused,
            )
        stop, effect = text("runs.control.stop"), text("runs.control.stop_help")
        _button("stop", stop, "stop", _want, run.id, "stop", help=effect)
        _rate_field(run)
    mark(st.session_state.get(_mistaken(run)))  # below the row, whose buttons stay where they are


def _button(
    name: str,
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
        key=f"runs/control-{name}",
        on_click=do,
        args=args,
        help=help,
        disabled=disabled,
    )


def _want(run_id: str, wish: Want) -> None:
    try:
        store().want(run_id, wish)
    except UnknownRunError:
        st.toast(text("runs.control.gone"), icon=":material/error:")


def _tell(run_id: str, message: Message) -> None:
    try:
        store().tell(run_id, message)
    except UnknownRunError:
        st.toast(text("runs.control.ended"), icon=":material/error:")


def _rate_field(run: Run) -> None:
    """The optimizer's learning rate, to change while it runs; where there is a schedule, that multiplies it."""
    train = run.spec.train
    scheduled = train.schedule.kind != "constant"
    field = fields_of(type(train.optimizer))["lr"]
    if scheduled:
        title, words = text("runs.control.base_rate"), text("runs.control.base_rate_effect")
        field = replace(field, title=title, description=words)
    else:
        field = replace(field, description=text("runs.control.rate_effect"))
    key, told, mistaken = f"runs/rate-{run.id}", f"runs/rate-told-{run.id}", _mistaken(run)

    def put(_: str, entered: Any) -> None:
        try:
            rate = parsed(field, entered)
        except ValueError as error:
            st.session_state[mistaken] = WrongValue(entered, str(error))
            return
        st.session_state.pop(mistaken, None)
        st.session_state[told] = (rate, _last_change(run)[0])
        _tell(run.id, SetLearningRate(learning_rate=rate))

    number, rate = _last_change(run)
    asked, before = st.session_state.get(told, (0.0, -1))
    if before == number:  # until the run says that it follows
        rate = asked
    mistake = st.session_state.get(mistaken)
    field_control(field, rate, key, put, mistake=mistake, width=170, reason=False)


def _last_change(run: Run) -> tuple[int, float]:
    """The number of the event of the latest change, 0 where there was none, and the rate since then."""
    number, event = store().last_event(run.id, "learning_rate_changed") or (0, None)
    rate = event.learning_rate if isinstance(event, LearningRateChanged) else run.spec.train.optimizer.lr
    return number, rate


def _mistaken(run: Run) -> str:
    """Where it is kept what was entered for the learning rate and cannot be used."""
    return f"runs/rate-mistake-{run.id}"
