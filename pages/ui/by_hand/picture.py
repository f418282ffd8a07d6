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
from lab.texts import text
from pages.ui.by_hand import state
from pages.ui.kit.component import component

KEY = "by_hand/picture"
_SHOWN_DETAILS = ("unit", "fine")


def picture(setting: Setting, lesson: Lesson, known: frozenset[str] | None) -> None:
    """Shows the network at the setting's step; `known` names the values that may be seen, None shows all."""
    data = picture_data(lesson, known)
    details = ("value",) if setting.exercise else _SHOWN_DETAILS
    data.update(
        step=min(setting.step, len(lesson.steps)),
        show=setting.show,
        selected=setting.selected,
        detail="value" if setting.exercise else setting.detail,
        details=[[name, str(DETAILS[name])] for name in details],
        full=known is not None,
        large=setting.large,
        texts=_texts(),
        seq=st.session_state.get(f"{KEY}-seq", 0),
    )
    component("by_hand/picture")(key=KEY, data=data, on_view_change=_looked)


def _texts() -> dict[str, Any]:
    """The picture's words; in those with names in braces the browser puts what it shows."""
    edge = {"label": "{label}", "value": "{value}", "gradient": "{gradient}"}
    node = {"title": "{title}", "values": "{values}"}
    return {
        "network": text("by_hand_page.picture.network"),
        "first": text("by_hand_page.picture.first"),
        "previous": text("by_hand_page.picture.previous"),
        "play": text("by_hand_page.picture.play"),
        "pause": text("by_hand_page.picture.pause"),
        "next": text("by_hand_page.picture.next"),
        "last": text("by_hand_page.picture.last"),
        "step": text("by_hand_page.picture.step"),
        "speed": text("by_hand_page.picture.speed"),
        "speeds": {
            "0.5": text("by_hand_page.picture.slow"),
            "1": text("by_hand_page.picture.normal"),
            "2": text("by_hand_page.picture.fast"),
            "4": text("by_hand_page.picture.very_fast"),
        },
        "show": text("by_hand_page.picture.shows"),
        "shows": {
            "both": text("by_hand_page.picture.both"),
            "values": text("by_hand_page.picture.values"),
            "grads": text("by_hand_page.picture.grads"),
        },
        "detail": text("by_hand_page.picture.detail"),
        "phases": {
            "input": text("by_hand_page.phases.input"),
            "forward": text("by_hand_page.phases.forward"),
            "loss": text("by_hand_page.phases.loss"),
            "backward": text("by_hand_page.phases.backward"),
            "update": text("by_hand_page.phases.update"),
        },
        "edge": text("by_hand_page.picture.edge", **edge),
        "edge_hover": text("by_hand_page.picture.edge_hover", **edge),
        "node": text("by_hand_page.picture.node", **node),
        "dead_node": text("by_hand_page.picture.dead_node", **node),
        "bias_node": text("by_hand_page.picture.bias_node", title="{title}"),
        "bias": text("by_hand_page.picture.bias"),
        "dead": text("by_hand_page.picture.dead"),
    }


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
        ("detail", _SHOWN_DETAILS),
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
