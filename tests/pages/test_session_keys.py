"""What a session keeps is named <room>/<what>: no two pages can mean different things by one key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("kit", "home", "train", "runs", "by_hand", "draw")
KEY = re.compile(rf"({'|'.join(ROOMS)})/[a-zA-Z0-9{{].*")


@pytest.mark.parametrize("page", ["home", "train", "runs", "by_hand", "draw"])
def test_every_key_of_a_page_names_its_room(page: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    keys = list(app.session_state._state.filtered_state)
    assert any(key.startswith(f"{page}/") for key in keys) or page == "home"
    assert [key for key in keys if not KEY.fullmatch(key)] == []


def test_every_key_in_the_code_names_its_room() -> None:
    stray = [
        f"{path.name}: {found[0]}"
        for path in sorted((ROOT / "pages").rglob("*.py"))
        for found in re.finditer(r'(?:\bkey=|session_state(?:\.\w+\(|\[))f?"([^"]*)"', path.read_text())
        if not KEY.fullmatch(found[1]) and not found[1].startswith("{")
    ]
    assert stray == []
