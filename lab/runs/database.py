"""The SQLite file of the lab: its tables, its connections, and how its errors read.

Owns the schema and the settings of a connection. Knows no run and no event.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = 1
SCHEMA = """
CREATE TABLE runs (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    owner         TEXT NOT NULL,
    title         TEXT NOT NULL,
    spec          TEXT NOT NULL,
    want          TEXT NOT NULL,
    state         TEXT NOT NULL,
    reason        TEXT NOT NULL DEFAULT '',
    created_at    REAL NOT NULL,
    served_at     REAL NOT NULL DEFAULT 0,
    ended_at      REAL,
    epoch         INTEGER NOT NULL DEFAULT 0,
    epochs        INTEGER NOT NULL DEFAULT 0,
    step          INTEGER NOT NULL DEFAULT 0,
    steps         INTEGER NOT NULL DEFAULT 0,
    accuracy      REAL,
    test_accuracy REAL,
    curve         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX runs_by_state ON runs (state);
CREATE INDEX runs_by_owner ON runs (owner, number);
CREATE TABLE events (
    run_id TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
CREATE INDEX events_by_kind ON events (run_id, kind, seq);
CREATE TABLE messages (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    body   TEXT NOT NULL
);
"""


class StoreError(OSError):
    """The store cannot be read or written, and what to do about it."""


class DiskFullError(StoreError):
    """The disk that holds the store has no room left."""


class ReadOnly(sqlite3.Connection):
    """A connection for a full disk, where SQLite cannot make the files it writes with: what is there can be read."""


_WITHOUT_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_LITTLE_BYTES = 1 << 16


def store_path(home: Path) -> Path:
    """The file that holds the runs, their events and what they are told."""
    return home / "lab.sqlite"


@contextmanager
def in_words(home: Path) -> Iterator[None]:
    """Turns SQLite's errors into ones that name the folder and what to do.

    Raises: DiskFullError, StoreError.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code in _WITHOUT_ROOM and _is_full(home)):
            raise DiskFullError(
                f"the disk that holds {home} is full: free some space, or delete runs"
            ) from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise StoreError(
                f"{store_path(home)} is damaged ({error}): move it away to start afresh"
            ) from error
        raise StoreError(f"{store_path(home)} cannot be used: {error}") from error


def _is_full(home: Path) -> bool:
    return home.is_dir() and shutil.disk_usage(home).free < _LITTLE_BYTES


def connect(home: Path) -> sqlite3.Connection:
    """A connection of its own, with the tables made if they are not there; a `ReadOnly` one on a full disk.

    Raises: StoreError.
    """
    try:
        return _connect(home)
    except DiskFullError:
        if not store_path(home).exists():
            raise
    with in_words(home):
        address = f"{store_path(home).absolute().as_uri()}?immutable=1"
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False, factory=ReadOnly
        )
        connection.row_factory = sqlite3.Row
        connection.execute("SELECT 1 FROM runs LIMIT 1")
        return connection


def _connect(home: Path) -> sqlite3.Connection:
    with in_words(home):
        connection = sqlite3.connect(
            store_path(home), timeout=10.0, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        # WAL: readers never wait for the writer. NORMAL: no fsync per commit, and no damage on power loss.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            with transaction(connection):
                if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in SCHEMA.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            connection.close()
            raise StoreError(
                f"{store_path(home)} is of version {version}, this lab reads version {VERSION}: "
                "update the lab, or name another LAB_HOME"
            )
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; the write lock is taken at the start, so that no reader is upgraded and refused."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise
