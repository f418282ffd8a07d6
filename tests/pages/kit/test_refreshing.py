"""What refreshes stops when nothing moves, and the page is then drawn once more."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.kit.refreshing import interval_s


def test_the_more_watch_the_less_often_it_is_refreshed() -> None:
    assert [interval_s(viewers) for viewers in (0, 4, 5, 120, 240, 360, 5000)] == [0.5, 0.5, 1, 1, 2, 3, 3]


def page() -> None:
    import streamlit as st

    from pages.ui.kit.refreshing import refreshing

    seen = st.session_state.setdefault("seen", [])
    answers = st.session_state.setdefault("answers", [])
    moving = bool(answers) and answers.pop(0) == "moves"
    seen.append("page")

    def read() -> str:
        return str(answers.pop(0)) if answers else "still"

    refreshing(read, lambda what: seen.append(what), lambda what: what == "moves", moving=moving, every_s=1.5)


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        (["still", "still"], ["page", "still"]),
        (["moves", "moves"], ["page", "moves"]),
        (["moves", "still"], ["page", "page", "still"]),
    ],
    ids=["nothing moves", "it moves", "it stopped between two looks"],
)
def test_what_is_read_is_drawn_and_its_end_draws_the_page_again(answers: list[str], seen: list[str]) -> None:
    app = AppTest.from_function(page)
    app.session_state["answers"] = answers
    app.run()
    assert not app.exception
    assert app.session_state["seen"] == seen


@pytest.mark.parametrize(("answer", "interval"), [("moves", [1.5]), ("still", [])])
def test_only_what_moves_has_a_timer(
    answer: str, interval: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

    timers: list[float] = []
    enqueue = ScriptRunContext.enqueue

    def noted(self: ScriptRunContext, msg: object, *more: object, **words: object) -> None:
        if msg.WhichOneof("type") == "auto_rerun":  # type: ignore[attr-defined]
            timers.append(msg.auto_rerun.interval)  # type: ignore[attr-defined]
        enqueue(self, msg, *more, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(ScriptRunContext, "enqueue", noted)
    app = AppTest.from_function(page)
    app.session_state["answers"] = [answer, answer]
    app.run()
    assert timers == interval
