"""Locks that a dying process gives back: one holder alone, or several who share.

Owns the lock files under the data folder. They are filelock's, on SQLite's file locks, which are the same on every
platform and, unlike flock, are not inherited by a forked child.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from lab.texts import said

if TYPE_CHECKING:
    from filelock import ReadWriteLock


class Lease:
    """A lock that is held from `take` until `release`, or until the process ends."""

    def __init__(self, lock: ReadWriteLock) -> None:
        self._lock = lock

    def release(self) -> None:
        """Give the lock back, from whichever thread."""
        self._lock.close()


def take(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> Lease | None:
    """The lock, or None if another holds it (shared holders go together, an exclusive one is alone).

    Raises: OSError, naming the file that cannot be locked.
    """
    from filelock import ReadWriteLock, Timeout  # 50 ms, which the first page need not wait for

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = ReadWriteLock(path, is_singleton=False)
        acquire = lock.acquire_read if shared else lock.acquire_write
        acquire(timeout=wait_s)
    except Timeout:
        return None
    except (sqlite3.Error, ValueError, OSError) as error:
        raise OSError(said("engines.not_locked", path=path, reason=error)) from error
    return Lease(lock)


def is_held(path: Path, *, shared: bool = False) -> bool:
    """Whether another process or holder has the lock exclusively (or, with `shared`, at all)."""
    lease = take(path, shared=not shared)
    if lease is not None:
        lease.release()
    return lease is None
