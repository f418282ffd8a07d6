"""A file of the lab has a version: a new one is made, an older one is brought up to date, a later one refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lab.database import Schema, StoreError, connect, transaction, version_of
from lab.texts import said

FIRST = Schema(version=1, kept=said("machine.drawings"), tables="CREATE TABLE thing (name TEXT)")


def rename_all(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE thing SET name = name || '!'")


def widen(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE thing ADD COLUMN size INTEGER")


THIRD = Schema(
    version=3,
    kept=said("machine.drawings"),
    tables="CREATE TABLE thing (name TEXT, size INTEGER)",
    upgrades={1: rename_all, 2: widen},
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "things.sqlite"
    with closing(connect(path, FIRST)) as connection:
        connection.execute("INSERT INTO thing VALUES ('spoon')")
    return path


def test_a_new_file_has_the_newest_version_and_no_backup(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "new.sqlite", THIRD)) as connection:
        assert version_of(connection) == 3
        assert connection.execute("SELECT name, size FROM thing").fetchall() == []
    assert not list(tmp_path.glob("*version*"))


def test_an_older_file_takes_every_step_to_the_newest_version(old: Path) -> None:
    with closing(connect(old, THIRD)) as connection:
        assert tuple(connection.execute("SELECT name, size FROM thing").fetchone()) == ("spoon!", None)
        assert version_of(connection) == 3
    with closing(sqlite3.connect(old.with_name("things.version-1.sqlite"))) as backup:
        assert backup.execute("SELECT name FROM thing").fetchall() == [("spoon",)]


def test_what_another_connection_has_not_yet_moved_into_the_file_is_in_the_backup_too(old: Path) -> None:
    with closing(connect(old, FIRST)) as writer:  # its last rows are in the write-ahead log
        writer.execute("INSERT INTO thing VALUES ('fork')")
        connect(old, THIRD).close()
    with closing(sqlite3.connect(old.with_name("things.version-1.sqlite"))) as backup:
        assert backup.execute("SELECT count(*) FROM thing").fetchone() == (2,)


def test_a_step_that_is_missing_is_said_and_nothing_changed(old: Path) -> None:
    gap = Schema(version=3, kept=said("machine.drawings"), tables=THIRD.tables, upgrades={1: rename_all})
    with pytest.raises(StoreError, match=r"could not be brought to version 3 .*it is as it was"):
        connect(old, gap)
    with closing(connect(old, FIRST)) as connection:
        assert connection.execute("SELECT name FROM thing").fetchone()[0] == "spoon"


def test_a_later_file_is_refused(old: Path) -> None:
    connect(old, THIRD).close()
    with pytest.raises(StoreError, match="is of version 3, this lab reads version 1: update the lab"):
        connect(old, FIRST)


def half(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM thing")
    raise ZeroDivisionError


def test_a_transaction_is_all_or_nothing(old: Path) -> None:
    with closing(connect(old, FIRST)) as connection:
        with pytest.raises(ZeroDivisionError), transaction(connection):
            half(connection)
        assert connection.execute("SELECT count(*) FROM thing").fetchone()[0] == 1
