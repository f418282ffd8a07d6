"""Loads what is slow before anybody waits for it: torch, and the process that trains.

Owns one background thread of the web server. Knows no page.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from importlib import import_module

THREAD_NAME = "warm-up"
SWITCH = "LAB_WARM_UP"
# Importing holds the interpreter for long stretches: the first page leaves the server before it begins.
HEAD_START_S = 0.4

_begun = threading.Lock()
_torch_loaded = threading.Event()


def start_warming() -> None:
    """Begins to warm up, once in the life of the process; returns at once. LAB_WARM_UP=off keeps it cold."""
    if os.environ.get(SWITCH, "").strip().lower() == "off" or not _begun.acquire(blocking=False):
        return
    threading.Thread(target=_warm, name=THREAD_NAME, daemon=True).start()


def torch_ready() -> bool:
    """Whether torch is loaded, so that using it takes no seconds."""
    return _torch_loaded.is_set()


def _warm() -> None:
    time.sleep(HEAD_START_S)
    import_module("torch")
    # What is imported now stays for good: the collector need never walk it again.
    gc.collect()
    gc.freeze()
    _torch_loaded.set()
