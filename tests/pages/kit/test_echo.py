"""An answer that was sent before the browser heard of a setting is no edit; a person's own is, even the same."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _page() -> None:
    """A name that is kept in capitals, so that the page sets the field anew after each entry."""
    import streamlit as st

    from pages.ui.kit.echo import following, hear, when_edited

    def changed() -> None:
        st.session_state["kept"] = st.session_state["name"].upper()
        st.session_state["edits"] = st.session_state.get("edits", 0) + 1

    kept = st.session_state.setdefault("kept", "ADA")
    st.text_input(
        "Name", value=following("name", kept) or "", key="name", on_change=when_edited("name", changed)
    )
    hear()


def opened() -> AppTest:
    return AppTest.from_function(_page).run()


def entered(app: AppTest, name: str) -> AppTest:
    return app.text_input(key="name").set_value(name).run()


def test_what_is_entered_is_kept_and_shown_as_it_is_kept() -> None:
    app = entered(opened(), "grace")
    assert app.session_state["kept"] == app.text_input(key="name").value == "GRACE"


def test_an_answer_from_before_the_setting_changes_nothing() -> None:
    app = entered(opened(), "grace")
    app.text_input(key="kit/heard").set_value("0")  # the browser has not heard of it yet
    entered(app, "grace")
    assert (app.session_state["kept"], app.session_state["edits"]) == ("GRACE", 1)
    assert app.text_input(key="name").value == "GRACE"


def test_another_entry_counts_even_from_a_browser_that_is_late() -> None:
    app = entered(opened(), "grace")
    app.text_input(key="kit/heard").set_value("0")
    assert entered(app, "edsger").session_state["kept"] == "EDSGER"


def test_the_same_entry_counts_once_the_browser_has_heard() -> None:
    app = entered(entered(opened(), "grace"), "grace")
    assert app.session_state["edits"] == 2


def test_a_forged_count_is_as_good_as_none() -> None:
    for forged in ("-1", "x", "9" * 5000, ""):
        app = entered(opened(), "grace")
        app.text_input(key="kit/heard").set_value(forged)
        assert entered(app, "ada").session_state["kept"] == "ADA"
