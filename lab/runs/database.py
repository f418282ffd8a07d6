"""The tables of the runs, their events and what they are told.

Owns what is kept in which column. How a file is opened and brought up to date belongs to `lab.database`.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from lab import database
from lab.database import Schema
from lab.runs.sentences import to_causes
from lab.texts import said

# `reason` holds the cause of a failed run, as JSON.
SCHEMA = Schema(
    version=2,
    kept=said("machine.runs"),
    upgrades={1: to_causes},
    tables="""
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
""",
)


def store_path(home: Path) -> Path:
    """The file that holds the runs, their events and what they are told."""
    return home / "lab.sqlite"


def connect(home: Path) -> sqlite3.Connection:
    """A connection to the runs of a data folder.

    Raises: StoreError.
    """
    return database.connect(store_path(home), SCHEMA)


def in_words(home: Path) -> AbstractContextManager[None]:
    """Turns SQLite's errors into ones that name the file and what to do.

    Raises: DiskFullError, StoreError.
    """
    return database.in_words(store_path(home), SCHEMA.kept)
