"""The store as pages reach it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lab.presets import preset
from lab.runs.store import Store


def _starts() -> None:
    import streamlit as st

    from lab.presets import preset
    from pages.ui.kit.owner import owner
    from pages.ui.kit.store import start_run, store

    st.session_state["same"] = store() is store()
    st.session_state["run"] = start_run(preset("softmax"), "By a test")
    st.session_state["owner"] = owner()


def test_a_run_is_submitted_for_the_person_at_the_browser(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr("pages.ui.kit.store.wake_runner", lambda: woken.append(True))
    app = AppTest.from_function(_starts).run()
    assert not app.exception
    assert app.session_state["same"]
    (run,) = Store(home).runs()
    assert (run.id, run.owner, run.title) == (
        app.session_state["run"],
        app.session_state["owner"],
        "By a test",
    )
    assert (run.state, run.spec) == ("queued", preset("softmax"))
    assert woken == [True]
