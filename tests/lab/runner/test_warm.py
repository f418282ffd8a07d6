"""Warming up beside the first visitor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from lab.runner.process import runner_alive

ROOT = Path(__file__).resolve().parents[3]
LOAD = """
import gc, os, sys, time
from lab.paths import lab_home
from lab.runner import warm
from lab.runner.process import runner_alive

assert not {"torch", "numpy", "pydantic"} & set(sys.modules)
warm.keep_warm()
assert not any(map(warm.ready, warm.STAGES))
"""
ALL = """
while not (all(map(warm.ready, warm.STAGES)) and runner_alive(lab_home())):
    time.sleep(0.05)
    warm.keep_warm()
assert "torch" in sys.modules
assert gc.get_freeze_count() > 0
"""
ONE = """
assert not runner_alive(lab_home())
assert not warm._begun
assert warm.wait_until_ready("model", 100)
assert warm.ready("torch")
assert not warm.ready("reports")
assert not runner_alive(lab_home())
"""
FAILS = """
def fail():
    raise OSError("the disk is gone")

warm.STAGES = {**warm.STAGES, "model": fail}
assert warm.wait_until_ready("model", 100)
assert warm.wait_until_ready("reports", 100)
"""


def in_a_process(script: str, switch: str) -> str:
    """Runs the script in a process of its own; returns what it said of errors."""
    surroundings = {**os.environ, "LAB_WARM_UP": switch, "LAB_IDLE_S": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", LOAD + script],
        cwd=ROOT,
        env=surroundings,
        timeout=180,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def test_every_stage_and_the_runner_are_there_soon_after_the_first_page(home: Path) -> None:
    in_a_process(ALL, "on")
    if runner_alive(home):
        os.kill(int((home / "runner.pid").read_text()), signal.SIGTERM)


def test_switched_off_nothing_is_started_but_what_a_page_asks_for() -> None:
    in_a_process(ONE, "off")


def test_a_stage_that_fails_says_why_and_keeps_nobody_waiting() -> None:
    assert "the disk is gone" in in_a_process(FAILS, "off")
