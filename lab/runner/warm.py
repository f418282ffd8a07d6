"""Loads what is slow before anybody waits for it, stage by stage: the process that trains, torch, what pages ask torch.

Owns one background thread of the web server. Knows no page.
"""

from __future__ import annotations

import gc
import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from types import MappingProxyType
from typing import Literal

from lab.paths import lab_home
from lab.runner.process import ensure_runner

Stage = Literal["runner", "torch", "model", "reports"]

THREAD_NAME = "warm-up"
SWITCH = "LAB_WARM_UP"
# Importing holds the interpreter for long stretches: the first page leaves the server before it begins.
HEAD_START_S = 0.4

_lock = threading.Lock()
_begun: set[Stage] = set()
_queue: SimpleQueue[Stage] = SimpleQueue()


def keep_warm() -> None:
    """Begins all stages at the first call, sees to the runner at each; returns at once.

    LAB_WARM_UP=off keeps the process cold and starts no runner.
    """
    if _switched_off():
        return
    if "runner" in _begun:
        wake_runner()
    else:
        _begin(*STAGES)


def wake_runner() -> None:
    """Has a runner for the data folder; one that cannot be used is for the page to say, which reads it too.

    For what refreshes by itself as well: nobody presses anything while watching, should the runner be ended.
    """
    if not _switched_off():
        with suppress(OSError):
            ensure_runner(lab_home())


def load(stage: Stage) -> bool:
    """Whether a stage is ready; begins it where nobody has, also with LAB_WARM_UP=off."""
    if not ready(stage):
        _begin("torch", stage)
    return ready(stage)


def ready(stage: Stage) -> bool:
    """Whether a stage is loaded, so that nobody waits for it; one that failed says so where it is used."""
    return _loaded[stage].is_set()


def wait_until_ready(stage: Stage, timeout_s: float) -> bool:
    """Waits for a stage, and says whether it is ready. Units: seconds."""
    load(stage)
    return _loaded[stage].wait(timeout_s)


def _switched_off() -> bool:
    return os.environ.get(SWITCH, "").strip().lower() == "off"


def _begin(*stages: Stage) -> None:
    with _lock:
        if not _begun:
            threading.Thread(target=_work, name=THREAD_NAME, daemon=True).start()
        for stage in stages:
            if stage not in _begun:
                _begun.add(stage)
                _queue.put(stage)


def _work() -> None:
    time.sleep(HEAD_START_S)
    while True:
        stage = _queue.get()
        try:
            STAGES[stage]()
        except Exception:
            traceback.print_exc()
        finally:
            _loaded[stage].set()


def _torch() -> None:
    import_module("torch")
    # What is imported now stays for good: the collector need never walk it again.
    gc.collect()
    gc.freeze()


def _model() -> None:
    """The model that answers by default, and all that an answer needs."""
    import numpy as np

    from lab.ink.framing import frame
    from lab.models.answers import answer
    from lab.models.loading import ModelError, load_model
    from lab.models.shipped import DEFAULT

    # A model that cannot be loaded is said where it should answer, not here.
    with suppress(ModelError):
        answer(load_model(DEFAULT), frame(np.zeros((28, 28), np.float32)))


def _reports() -> None:
    """Shapes and costs of a network, for which torch imports for a second or two what it needs without data."""
    from lab.network.report import layer_reports
    from lab.presets import preset
    from lab.spec_link import DEFAULT_PRESET
    from lab.training.budget import estimate

    spec = preset(DEFAULT_PRESET)
    layer_reports(spec.network)
    estimate(spec)


# In the order in which they are loaded: the quick ones first.
STAGES: Mapping[Stage, Callable[[], None]] = MappingProxyType(
    {"runner": wake_runner, "torch": _torch, "model": _model, "reports": _reports}
)
_loaded = {stage: threading.Event() for stage in STAGES}
