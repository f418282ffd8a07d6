"""The network picture with the lesson's controls: the seam to `static/by_hand/picture.js`.

Owns what travels to the browser and what comes back. Knows no formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lab.by_hand.lesson import DETAILS, Lesson
from lab.by_hand.setting import SHOWS, Setting, selectable
from lab.figures.by_hand.picture import picture_data
from pages.ui.by_hand import state
from pages.ui.kit.component import component

KEY = "by_hand/picture"


def picture(setting: Setting, lesson: Lesson, known: frozenset[str] | None) -> None:
    """Shows the network at the setting's step; `known` names the values that may be seen, None shows all."""
    data = picture_data(lesson, known)
    shown = {"unit": DETAILS["unit"], "fine": DETAILS["fine"]}
    data.update(
        step=min(setting.step, len(lesson.steps)),
        show=setting.show,
        selected=setting.selected,
        detail="value" if setting.exercise else setting.detail,
        details=[["value", DETAILS["value"]]] if setting.exercise else list(map(list, shown.items())),
        full=known is not None,
        large=setting.large,
        seq=st.session_state.get(f"{KEY}-seq", 0),
    )
    component("by_hand/picture")(key=KEY, data=data, on_view_change=_looked)


def _looked() -> None:
    message = st.session_state[KEY].get("view")
    if isinstance(message, Mapping):
        looked_at(message)


def looked_at(message: Mapping[str, Any]) -> None:
    """Takes a message of the browser; whatever is not allowed in it is left out."""
    setting = state.now()
    values: dict[str, Any] = {}
    step, seq = message.get("step"), message.get("seq")
    if isinstance(seq, int):
        st.session_state[f"{KEY}-seq"] = seq
    if isinstance(step, int) and 1 <= step <= 9999:
        values["step"] = step
    for name, allowed in (
        ("show", SHOWS),
        ("detail", ("unit", "fine")),
        ("selected", ("", *selectable(setting.example))),
    ):
        if message.get(name) in allowed:
            values[name] = message[name]
    if values.get("detail", setting.detail) != setting.detail and not setting.exercise:
        values["step"] = _same_place(values["detail"])
    state.change(**values)


def _same_place(detail: str) -> int:
    """The step of the other cut that computes what the present one computes."""
    from lab.by_hand.lesson import lesson

    before = state.current_lesson()
    at = min(state.now().step, len(before.steps)) - 1
    wanted = set(before.steps[at].focus)
    steps = lesson(before.point, state.now().optimizer, detail).steps
    places = [place for place, step in enumerate(steps, start=1) if wanted & set(step.focus)]
    return places[0] if places else 1
