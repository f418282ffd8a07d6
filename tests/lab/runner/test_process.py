"""The runner as a process: one per data folder, back when it was killed, gone when nobody needs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from lab.events import Resumed
from lab.network import weights
from lab.paths import latest_weights
from lab.runner import process
from lab.runner.process import ensure_runner, no_longer_needed, runner_alive, runner_problem
from lab.runs.store import Store
from lab.texts import speaking
from tests.support.kept import events_of
from tests.support.narrowing import present
from tests.support.waiting import end_runner, small, until

MIDDLE = small(epochs=40)


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("LAB_IDLE_S", "0")
    store = Store(home)
    yield store
    store.close()
    end_runner(home)


def pid(home: Path) -> int:
    return int((home / "runner.pid").read_text())


def test_runs_outlive_whoever_submitted_them_and_a_runner_that_is_killed(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "RELAUNCH_S", 0.0)
    # Another process, as a web server would be, submits two runs and is gone.
    script = (
        "import sys; from pathlib import Path; from lab.runner.process import ensure_runner;"
        "from lab.runs.store import Store; from lab.spec import parse_spec; home = Path(sys.argv[1]);"
        "ensure_runner(home); print(*(Store(home).submit(parse_spec(sys.argv[2])) for _ in range(2)))"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(home), MIDDLE.model_dump_json()]
    one, other = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    until(lambda: store.events(other, kinds=("checkpoint",)))
    os.kill(pid(home), signal.SIGKILL)
    until(lambda: not runner_alive(home))
    ensure_runner(home)
    until(lambda: not present(store.run(one)).is_active and not present(store.run(other)).is_active)
    assert (present(store.run(one)).state, present(store.run(other)).state) == ("finished", "finished")
    first, second = (weights.load(latest_weights(home, run_id))[0] for run_id in (one, other))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(event.loss for event in events_of(store, other, Resumed))


def test_there_is_one_runner_however_often_it_is_asked_for_and_none_when_nobody_needs_it(
    store: Store, home: Path
) -> None:
    ensure_runner(home)
    until(lambda: runner_alive(home) and (home / "runner.pid").exists())
    first = pid(home)
    for _ in range(3):
        ensure_runner(home)
    second = subprocess.run([sys.executable, "-m", "lab.runner"], timeout=60, check=False)
    assert second.returncode == 0
    assert pid(home) == first
    assert runner_problem(home) == ""
    no_longer_needed(home)
    until(lambda: not runner_alive(home))


def test_a_runner_that_cannot_start_says_why(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_SLOTS", "many")
    ensure_runner(home)
    until(lambda: runner_problem(home))
    assert "LAB_SLOTS 'many' is not a number from 1 to 1024" in runner_problem(home)
    with speaking("zh"):
        assert "1 到 1024" in runner_problem(home)
