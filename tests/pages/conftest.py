"""What AppTest needs to treat the lab as a server does."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager


@pytest.fixture(autouse=True)
def app_py_runs_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets app.py run first each time, as it does on a server after the first visitor.

    Streamlit 1.67's AppTest forgets between two runs that the app calls `st.navigation`, takes the folder pages/ for
    an older kind of app, and loses the press of a button in the detour back to app.py.
    """
    begin = PagesManager.__init__

    def begin_with_navigation(self: PagesManager, *args: Any, **words: Any) -> None:
        begin(self, *args, **words)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", begin_with_navigation)
