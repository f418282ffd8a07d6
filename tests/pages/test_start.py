"""What a page does not wait for when it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "torchvision", "pandas", "pyarrow", "plotly", "scipy", "sklearn")
APP_TEST = "from streamlit.testing.v1 import AppTest"
FIRST_PAGE = """
app = AppTest.from_file("{root}/app.py", default_timeout=60).run()
assert not app.exception
assert app.title[0].value == "Layer Lab"
"""


def loaded_by(script: str, before: str = "import streamlit") -> set[str]:
    """Which of the heavy modules the script brings beside Streamlit's own (plotly), with nothing warmed up."""
    start = f"import sys\n{before}\nthere = set(sys.modules)"
    ask = f"{start}\n{script}\nprint(*(name for name in {HEAVY!r} if name in set(sys.modules) - there))"
    ended = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env={**os.environ, "LAB_WARM_UP": "off"},
        timeout=120,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(ended.stdout.split())


def test_the_first_page_is_drawn_with_nothing_heavy() -> None:
    assert not loaded_by(FIRST_PAGE.format(root=ROOT), before=APP_TEST)


@pytest.mark.parametrize("room", ["home", "train", "runs", "by_hand", "draw"])
def test_a_room_is_imported_with_nothing_heavy(room: str) -> None:
    modules = sorted(path.stem for path in (ROOT / "pages" / "ui" / room).glob("[!_]*.py"))
    assert modules
    assert not loaded_by("\n".join(f"import pages.ui.{room}.{name}" for name in modules))
