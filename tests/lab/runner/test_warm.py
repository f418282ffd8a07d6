"""Warming up beside the first visitor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.runner.process import runner_alive
from lab.runner.warm import keep_warm, torch_ready

ROOT = Path(__file__).resolve().parents[3]
WAIT = """
import gc, sys, time
from lab.runner.process import runner_alive
from lab.paths import lab_home
from lab.runner.warm import keep_warm, torch_ready
keep_warm()
assert not torch_ready()
while not (torch_ready() and runner_alive(lab_home())):
    time.sleep(0.05)
    keep_warm()
assert "torch" in sys.modules
assert gc.get_freeze_count() > 0
"""


def test_torch_and_the_runner_are_there_soon_after_the_first_page(home: Path) -> None:
    surroundings = {**os.environ, "LAB_WARM_UP": "on", "LAB_IDLE_S": "1"}
    subprocess.run([sys.executable, "-c", WAIT], cwd=ROOT, env=surroundings, timeout=120, check=True)
    if runner_alive(home):
        os.kill(int((home / "runner.pid").read_text()), signal.SIGTERM)


def test_switched_off_nothing_is_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_WARM_UP", "off")
    keep_warm()
    assert not torch_ready()
    assert not runner_alive(home)
