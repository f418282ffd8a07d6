"""What one person has set on the by-hand page: kept for the session, undone, and written to the address.

Owns the session's setting, its versions, and the trained network that follows from it. Knows no layout.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.link import is_own, link, read_link
from lab.by_hand.setting import MOST_TAKEN, Setting
from lab.by_hand.update import Point, advanced, start
from lab.texts import language
from pages.ui.kit.address import Address
from pages.ui.kit.undo import Versions

ADDRESS = Address("by_hand", is_own)
_VERSIONS, _POINTS, _LESSON = (f"by_hand/{name}" for name in ("versions", "points", "lesson"))
_LOOKED_AT = ("step", "detail", "show", "selected", "large", "tolerance")


def follow_address() -> None:
    """Takes up what the address asks for; the setting before is one undo away."""
    asked = ADDRESS.asked()
    begun = _VERSIONS in st.session_state
    if asked is not None:
        setting, problems = read_link(asked.own)
        st.session_state[_VERSIONS] = _after(_versions(), setting) if begun else Versions(setting)
        ADDRESS.blame(problems)
    elif not begun:
        st.session_state[_VERSIONS] = Versions(Setting())


def write_address() -> None:
    """Lets the address say what differs from the default."""
    ADDRESS.write(link(now()))


def now() -> Setting:
    """The setting of this session."""
    return _versions().now


def change(**values: Any) -> None:
    """A new setting; what only changes the view leaves nothing to undo."""
    after = replace(now(), **values)
    if after != now():
        st.session_state[_VERSIONS] = _after(_versions(), after)
        ADDRESS.edited()


def can_undo() -> bool:
    """Whether something was changed."""
    return bool(_versions().past)


def can_redo() -> bool:
    """Whether something was undone."""
    return bool(_versions().future)


def undo() -> None:
    """The setting before the last change, seen as it is seen now."""
    _go(_versions().undone())


def redo() -> None:
    """The setting after the change that was undone last, seen as it is seen now."""
    _go(_versions().redone())


def _versions() -> Versions[Setting]:
    versions: Versions[Setting] = st.session_state[_VERSIONS]
    return versions


def _after(versions: Versions[Setting], setting: Setting) -> Versions[Setting]:
    same = _seen_as(setting, versions.now) == versions.now
    return versions.amended(setting) if same else versions.changed(setting)


def _go(versions: Versions[Setting]) -> None:
    st.session_state[_VERSIONS] = versions.amended(_seen_as(versions.now, now()))


def _seen_as(setting: Setting, other: Setting) -> Setting:
    return replace(setting, **{name: getattr(other, name) for name in _LOOKED_AT})


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
    key = (setting.example, setting.optimizer, setting.taken, detail, language())
    cached = st.session_state.get(_LESSON)
    if cached is None or cached[0] != key:
        cached = st.session_state[_LESSON] = (key, lesson(points()[-1], setting.optimizer, detail))
    found: Lesson = cached[1]
    return found
