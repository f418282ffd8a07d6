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


@pytest.mark.parametrize("page", ["home", "train", "runs", "by_hand", "draw"])
def test_the_first_page_is_drawn_without_heavy_imports(page: str, home: Path) -> None:
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60)\n"
        f"app.switch_page('pages/{page}.py').run()\n"
        "assert not app.exception, app.exception\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert finished.stdout.strip().splitlines()[-1] == "[]"
