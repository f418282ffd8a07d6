"""Who a browser is: an id that nobody can guess, the same as long as the browser keeps it."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lab.ink.collection import is_owner_id
from pages.ui.kit.owner import COOKIE

KEPT = "an-owner-that-came-back-0123456789"


def _asks_twice() -> None:
    import streamlit as st

    from pages.ui.kit.owner import owner

    st.session_state["said"] = (owner(), owner())


@pytest.fixture
def cookies(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The cookies that the browser sends."""
    sent: dict[str, str] = {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda self: sent))
    return sent


def opened() -> tuple[str, AppTest]:
    app = AppTest.from_function(_asks_twice).run()
    assert not app.exception
    one, again = app.session_state["said"]
    assert one == again
    return one, app


def test_a_browser_without_a_cookie_gets_an_id_and_another_one_another(cookies: dict[str, str]) -> None:
    ids = {opened()[0] for _ in range(4)}
    assert len(ids) == 4
    assert all(is_owner_id(each) for each in ids)


def test_a_browser_with_a_cookie_is_who_it_was(cookies: dict[str, str]) -> None:
    assert is_owner_id(KEPT)
    cookies[COOKIE] = KEPT
    assert opened()[0] == KEPT


@pytest.mark.parametrize("forged", ["", "../../etc", "x" * 5000, "<script>"])
def test_a_forged_cookie_is_replaced(cookies: dict[str, str], forged: Any) -> None:
    cookies[COOKIE] = forged
    said, _ = opened()
    assert said != forged
    assert is_owner_id(said)


def test_who_has_begun_stays_the_same_until_the_tab_is_closed(cookies: dict[str, str]) -> None:
    first, app = opened()
    cookies[COOKIE] = KEPT
    app.run()
    assert app.session_state["said"] == (first, first)
