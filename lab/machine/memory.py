"""The memory of the machine: what is there, what is free, what this process uses.

Owns the answers of Linux, its containers and the GPU's driver. Imports torch only where a GPU is asked about.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_MB = 1 << 20


def memory_used_mb(device: torch.device | None = None) -> float:
    """The memory in use: of the GPU by this process's tensors, or of this process."""
    if device is not None and device.type == "cuda":
        import torch

        return torch.cuda.memory_allocated(device) / _MB
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / _MB
    except (OSError, ValueError, IndexError):
        return _peak_memory_mb()


def _peak_memory_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MB if sys.platform == "darwin" else peak / 1024


def memory_free_mb() -> float:
    """The memory that this machine, or the container it is held in, could still give; 0 where it cannot be told."""
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) / 1024
    except (OSError, ValueError, KeyError):
        return 0.0
    try:
        stat = dict(line.split() for line in Path("/sys/fs/cgroup/memory.stat").read_text().splitlines())
        used = int(Path("/sys/fs/cgroup/memory.current").read_text()) - int(stat["inactive_file"])
        return min(free, max(1.0, memory_total_mb() - used / _MB))
    except (OSError, ValueError, KeyError):
        return free


def memory_total_mb() -> float:
    """The memory of this machine, or of the container it is held in; 0 where it cannot be told."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MB
    except (OSError, ValueError, AttributeError):
        return 0.0
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit) / _MB) if limit.isdecimal() else total
