"""A second core for half of a large operation, whenever one is idle at that moment.

Owns a thread that waits for such halves, and the decision who computes one. Whoever does, the numbers are the same:
what is halved, and where, does not depend on what else the machine does. Knows no operation.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import torch

from lab.machine.device import usable_cores

Work = Callable[[], object]

WORTH_TWO = 10_000_000  # multiplications: some 100 microseconds, of which waking up takes 25
_LONGEST_PAUSE = 255


class Helper:
    """One thread, started when it is first needed; whoever finds it busy does all by himself."""

    def __init__(self, cores: int | None = None) -> None:
        self._pause = 0
        self._left_alone = 0.0 if (cores or usable_cores()) > 1 else math.inf
        self._free, self._asked, self._done = threading.Lock(), threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._work: Work | None = None
        self._error: BaseException | None = None

    def together(self, first: Work, second: Work, both: Work | None = None) -> None:
        """Does both, which must touch nothing of each other: the second in the thread, if that wakes up in time.

        `both` is the faster way to do them alone, if it gives the same bits.
        """
        if self._left_alone > 0 or not self._free.acquire(blocking=False):
            self._left_alone -= 1
            if both is not None:
                both()
            else:
                first()
                second()
            return
        try:
            if self._thread is None and not self._starts():
                first()
                second()
                return
            self._work = second
            asked = time.perf_counter()
            self._asked.release()
            try:
                first()
            finally:
                alone = time.perf_counter()
                begun = not self._asked.acquire(blocking=False)  # if not, it is taken back
                if begun:
                    self._done.acquire()
                self._work, error, self._error = None, self._error, None
            if begun and error is not None:
                raise error
            if not begun:
                second()
            self._judge(begun and time.perf_counter() - alone < alone - asked)
        finally:
            self._free.release()

    def _judge(self, helped: bool) -> None:
        """Asks less and less often where the other cores have something else to do."""
        self._pause = 0 if helped else min(2 * self._pause + 1, _LONGEST_PAUSE)
        self._left_alone = self._pause

    def _starts(self) -> bool:
        self._asked.acquire()
        self._done.acquire()
        self._thread = threading.Thread(target=self._serve, name="helper", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # this process may have no more threads
            self._left_alone = math.inf
            return False
        return True

    def _serve(self) -> None:
        import numpy as np

        torch.set_num_threads(1)
        torch.set_flush_denormal(True)  # as whoever trains does
        if sys.platform == "linux":  # elsewhere a thread has no priority of its own
            with suppress(OSError):  # what draws pages, and the other runs, come first
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        with np.errstate(all="ignore"):
            while True:
                self._asked.acquire()
                try:
                    if self._work is not None:
                        self._work()
                except BaseException as error:  # for the one who asked, whatever it is
                    self._error = error
                self._done.release()


def together(first: Work, second: Work, both: Work | None = None) -> None:
    """`Helper.together` of this process's one helper."""
    _helper.together(first, second, both)


def _afresh() -> None:
    global _helper
    _helper = Helper()


_helper = Helper()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_afresh)  # threads stay behind
