"""What decides whether a lecture works: the settings, and what is not imported on the way to the first page."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
HEAVY = ("torch", "torchvision", "sklearn", "ray", "jax")


def test_streamlit_never_collects_garbage_after_a_rerun() -> None:
    assert CONFIG["runner"]["postScriptGC"] is False


def test_streamlit_watches_no_files() -> None:
    assert CONFIG["server"]["fileWatcherType"] == "none"


def test_the_lab_reports_to_nobody() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("palette", ["chartSequentialColors", "chartDivergingColors"])
def test_chart_palettes_have_the_ten_colours_streamlit_needs(look: str, palette: str) -> None:
    assert len(CONFIG["theme"][look][palette]) == 10


# Notes who imports what is slow; a thread of its own may, beside the page that is drawn.
OPENED = """
import sys, threading
from streamlit.testing.v1 import AppTest

by_the_page, SCRIPT = [], "ScriptRunner.scriptThread"

class Notes:
    def find_spec(self, name, path=None, target=None):
        if name in HEAVY and threading.current_thread().name in ("MainThread", SCRIPT):
            by_the_page.append(name)

sys.meta_path.insert(0, Notes())
app = AppTest.from_file("app.py", default_timeout=60)
app.switch_page(f"pages/{PAGE}.py").run()
assert not app.exception, app.exception
print(by_the_page)
"""


@pytest.mark.parametrize("page", ["home", "train", "runs", "by_hand", "draw"])
def test_the_first_page_is_drawn_without_heavy_imports(page: str) -> None:
    script = f"HEAVY, PAGE = {HEAVY}, {page!r}\n{OPENED}"
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert finished.stdout.strip().splitlines()[-1] == "[]"
