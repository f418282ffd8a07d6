"""Small real runs for the tests of keeping, and the patience to wait for them on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Iterator

from lab.presets import preset
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
