"""Loads what is slow before anybody waits for it: torch, and the process that trains.

Owns one background thread of the web server. Knows no page.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from contextlib import suppress
from importlib import import_module

from lab.paths import lab_home
from lab.runner.process import ensure_runner

THREAD_NAME = "warm-up"
SWITCH = "LAB_WARM_UP"
# Importing holds the interpreter for long stretches: the first page leaves the server before it begins.
HEAD_START_S = 0.4

_begun = threading.Lock()
_torch_loaded = threading.Event()


def keep_warm() -> None:
    """Begins to warm up at the first call, sees to the runner at each; returns at once.

    LAB_WARM_UP=off keeps the process cold and starts no runner.
    """
    if _switched_off():
        return
    if _begun.acquire(blocking=False):
        threading.Thread(target=_warm, name=THREAD_NAME, daemon=True).start()
    else:
        wake_runner()


def wake_runner() -> None:
    """Has a runner for the data folder; one that cannot be used is for the page to say, which reads it too.

    For what refreshes by itself as well: nobody presses anything while watching, should the runner be ended.
    """
    if not _switched_off():
        with suppress(OSError):
            ensure_runner(lab_home())


def torch_ready() -> bool:
    """Whether torch is loaded, so that using it takes no seconds."""
    return _torch_loaded.is_set()


def _switched_off() -> bool:
    return os.environ.get(SWITCH, "").strip().lower() == "off"


def _warm() -> None:
    time.sleep(HEAD_START_S)
    wake_runner()
    import_module("torch")
    # What is imported now stays for good: the collector need never walk it again.
    gc.collect()
    gc.freeze()
    _torch_loaded.set()
