"""Small real runs for the tests of keeping, and the patience to wait for them on a busy machine."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lab.presets import preset
from lab.runner import process
from lab.spec import RunSpec, changed

PATIENCE_S = 120.0


def small(**changes: object) -> RunSpec:
    """Softmax regression on a few hundred digits, with some fields changed."""
    spec = preset("softmax")
    for path, value in {"dataset": "digits", "train_samples": 400, "batch_size": 10, **changes}.items():
        spec = changed(spec, path.replace("__", "."), value)
    return spec


SHORT = small(epochs=2).model_dump_json()
LONG = small(epochs=900).model_dump_json()


def patience() -> Iterator[int]:
    """Counts up until it is plain that what is waited for does not come."""
    until = time.monotonic() + PATIENCE_S
    turn = 0
    while time.monotonic() < until:
        yield turn
        turn += 1


def until(reached: Callable[[], object], sleep_s: Callable[[float], object] = time.sleep) -> None:
    """Waits until it is so; meanwhile `sleep_s` passes the time."""
    for _ in patience():
        if reached():
            return
        sleep_s(0.02)
    raise AssertionError("it does not come")


def end_runner(home: Path) -> None:
    """End the runner process of a data folder and wait until it is gone."""
    process.no_longer_needed(home)
    if process.runner_alive(home):
        until((home / "runner.pid").exists)
        os.kill(int((home / "runner.pid").read_text()), signal.SIGTERM)
    _, launched = process._launched.pop(home, (0.0, None))
    if launched is not None:
        launched.wait(PATIENCE_S)
