"""Locks that a dying process gives back: one holder alone, or several who share.

Owns the lock files under the data folder. Made of SQLite's file locks, which are the same on every
platform and, unlike flock, are not inherited by a forked child.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path


class Lease:
    """A lock that is held from `take` until `release`, or until the process ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def release(self) -> None:
        """Give the lock back."""
        self._connection.close()


def take(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> Lease | None:
    """The lock, or None if another holds it (shared holders go together, an exclusive one is alone)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = None
    try:
        connection = sqlite3.connect(path, timeout=wait_s, isolation_level=None, check_same_thread=False)
        if shared:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        else:
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if connection is not None:
            connection.close()
        if "locked" in str(error):
            return None
        raise OSError(f"{path} cannot be locked: {error}") from error
    return Lease(connection)


def is_held(path: Path, *, shared: bool = False) -> bool:
    """Whether another process or holder has the lock exclusively (or, with `shared`, at all)."""
    lease = take(path, shared=not shared)
    if lease is not None:
        lease.release()
    return lease is None
