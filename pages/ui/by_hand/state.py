"""What one person has set on the by-hand page: kept for the session, undone, and written to the address.

Owns the session's setting, its past, and the trained network that follows from it. Knows no layout.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.link import link, read_link
from lab.by_hand.setting import MOST_TAKEN, Setting
from lab.by_hand.update import Point, advanced, start

_SETTING, _PAST, _WRITTEN, _POINTS, _LESSON = (
    f"by_hand_{name}" for name in ("setting", "past", "written", "points", "lesson")
)
_UNDOS = 100
_LOOKED_AT = ("step", "detail", "show", "selected", "large", "tolerance")


def arrive() -> tuple[str, ...]:
    """Takes the setting from the address when it is a new one; returns what could not be read."""
    parts = {key: value for key, value in st.query_params.items() if not key.startswith("embed")}
    written = st.session_state.get(_WRITTEN)
    problems: tuple[str, ...] = ()
    if _SETTING not in st.session_state or (parts and parts != written):
        setting, problems = read_link(parts)
        st.session_state[_SETTING], st.session_state[_PAST] = setting, []
    write_address()
    return problems


def write_address() -> None:
    """Puts what differs from the default into the address, where a page switch has taken it away."""
    parts = link(now())
    if dict(st.query_params) != parts:
        st.query_params.from_dict(parts)
    st.session_state[_WRITTEN] = parts


def now() -> Setting:
    """The setting of this session."""
    setting: Setting = st.session_state[_SETTING]
    return setting


def change(**values: Any) -> None:
    """A new setting; what only changes the view leaves nothing to undo."""
    before = now()
    after = replace(before, **values)
    if after == before:
        return
    if not set(values) <= set(_LOOKED_AT):
        past = st.session_state[_PAST]
        past.append(before)
        del past[:-_UNDOS]
    st.session_state[_SETTING] = after


def can_undo() -> bool:
    """Whether something was changed."""
    return bool(st.session_state[_PAST])


def undo() -> None:
    """The setting before the last change, seen as it is seen now."""
    if can_undo():
        before: Setting = st.session_state[_PAST].pop()
        view = {name: getattr(now(), name) for name in _LOOKED_AT}
        st.session_state[_SETTING] = replace(before, **view)


def points() -> list[Point]:
    """The network at each training step from the start to now; shorter where training could not go on."""
    setting = now()
    key = (setting.example, setting.optimizer)
    cached = st.session_state.get(_POINTS)
    if cached is None or cached[0] != key:
        cached = st.session_state[_POINTS] = (key, [start(setting.example)])
    found: list[Point] = cached[1]
    wanted = min(setting.taken, MOST_TAKEN)
    while len(found) <= wanted:
        following = advanced(found[-1], setting.optimizer)
        if following is None:
            break
        found.append(following)
    return found[: wanted + 1]


def current_lesson() -> Lesson:
    """The lesson of the network as it is now, cut as finely as asked."""
    setting = now()
    detail = "value" if setting.exercise else setting.detail
    key = (setting.example, setting.optimizer, setting.taken, detail)
    cached = st.session_state.get(_LESSON)
    if cached is None or cached[0] != key:
        cached = st.session_state[_LESSON] = (key, lesson(points()[-1], setting.optimizer, detail))
    found: Lesson = cached[1]
    return found
