"""How a worker ended that did not say so itself: by which signal, and whether memory was the cause.

Owns the evidence. Knows no pipe and no run.
"""

from __future__ import annotations

import signal
from pathlib import Path

from lab.events import Loss

# What a process gets for a fault of its own; Windows has only some of them.
_FAULTS = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE")
_COUNTS = (Path("/sys/fs/cgroup/memory.events"), Path("/proc/vmstat"))  # of the container; of the machine


def ended_for_memory() -> int:
    """How many processes the kernel has ended so far for want of memory; 0 where it does not say."""
    for path in _COUNTS:
        try:
            counts = dict(line.split() for line in path.read_text().splitlines())
            return int(counts["oom_kill"])
        except (OSError, ValueError, KeyError):
            continue
    return 0


def lost(exit_code: int | None, ended_before: int) -> Loss:
    """What to say of a worker that is gone; `ended_before` is `ended_for_memory()` of when it was started."""
    if exit_code is None or exit_code >= 0:
        return Loss(cause="exited", exit_code=exit_code)
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    if name in _FAULTS:
        return Loss(cause="crashed", signal=name)
    if name == "SIGKILL" and ended_for_memory() > ended_before:
        return Loss(cause="out_of_memory", signal=name)
    return Loss(cause="ended", signal=name)
