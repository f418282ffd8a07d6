"""Widgets that only echo a value which their page keeps: how they follow it, and which of their changes are none.

A browser answers with the state of every widget. On a slow server such an answer may have been sent before the browser
heard that a widget was set anew, and so brings back what the widget showed before: that is no edit. A field that nobody
sees counts the settings which a browser has heard of. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

P = ParamSpec("P")

_HEARD = "kit/heard"
_COUNT, _BEFORE = "kit/settings", "kit/before"


def following(key: str, value: Any) -> Any:
    """The default to give a widget so that it shows `value`, whenever and however often it is mounted.

    The caller's value is the truth, the widget's state only its echo: where they differ the state is set, and
    then there must be no default. A value set through the state alone can miss a browser that mounts the
    widget later (a closed tab, a script still loading); a default cannot.
    """
    if key not in st.session_state or _echoes(key, value):
        return value
    _set(key, value)
    return None


def showing(key: str, value: Any) -> str:
    """The key to give a widget without a default, whose state now echoes the caller's `value`."""
    if not _echoes(key, value):
        _set(key, value)
    return key


def when_edited(key: str, change: Callable[P, None]) -> Callable[P, None]:
    """What to call when a widget changes: nothing for an answer from before it was set."""

    @wraps(change)
    def changed(*args: P.args, **words: P.kwargs) -> None:
        if not _is_late(key):
            change(*args, **words)

    return changed


def _is_late(key: str) -> bool:
    """Whether a widget's change only repeats what it showed before it was set, by a browser that has not heard of it."""
    number, before = st.session_state.get(_BEFORE, {}).get(key, (0, None))
    return _heard() < number and bool(st.session_state.get(key) == before)


def hear() -> None:
    """Draw the field that nobody sees; its state comes back with whatever the browser sends next."""
    st.session_state[_HEARD] = str(st.session_state.get(_COUNT, 0))
    with st.container(key="kit/heard-place"):
        st.text_input(_HEARD, key=_HEARD, label_visibility="collapsed")


def _heard() -> int:
    said = str(st.session_state.get(_HEARD, ""))
    return int(said) if said.isdecimal() and len(said) < 16 else 0


def _set(key: str, value: Any) -> None:
    context = get_script_run_ctx(suppress_warning=True)
    if key in st.session_state and not (context and context.fragment_ids_this_run):
        number = st.session_state.get(_COUNT, 0) + 1
        before = {**st.session_state.get(_BEFORE, {}), key: (number, st.session_state[key])}
        st.session_state[_COUNT], st.session_state[_BEFORE] = number, before
    st.session_state[key] = value


def _echoes(key: str, value: Any) -> bool:
    if key not in st.session_state:
        return False
    now = st.session_state[key]
    return bool(now == value) and isinstance(now, bool) is isinstance(value, bool)
