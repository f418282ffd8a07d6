"""A SQLite file of the lab: its version, its connections, and how its errors read.

Owns the settings of a connection, and how a file of an older lab is brought up to date: after a backup, all of it or
nothing, by one process. Knows no table: what is kept says a `Schema`.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from lab.texts import Text, said

PATIENCE_S = 10.0
UPGRADE_PATIENCE_S = 300.0  # while another process brings the file up to date


class StoreError(OSError):
    """The file cannot be read or written, and what to do about it."""


class DiskFullError(StoreError):
    """The disk that holds the file has no room left."""


class ReadOnly(sqlite3.Connection):
    """A connection for a full disk, where SQLite cannot make the files it writes with: what is there can be read."""


Upgrade = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, kw_only=True)
class Schema:
    """What is kept in a file: its version, the tables of that version, and what brings an older file to the next.

    `tables` are made where the file has no version yet; `upgrades` say what is done to a file of each older version.
    `kept` is what fills it, for the advice on a full disk.
    """

    version: int
    tables: str
    kept: Text
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)


_WITHOUT_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_LITTLE_BYTES = 1 << 16
_log = logging.getLogger(__name__)


@contextmanager
def in_words(path: Path, kept: Text) -> Iterator[None]:
    """Turns SQLite's errors into ones that name the file and what to do.

    Raises: DiskFullError, StoreError.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code in _WITHOUT_ROOM and _is_full(path.parent)):
            raise DiskFullError(said("machine.disk_full", folder=path.parent, kept=kept)) from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise StoreError(said("machine.store_damaged", path=path, reason=error)) from error
        raise StoreError(said("machine.store_unusable", path=path, reason=error)) from error


def _is_full(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free < _LITTLE_BYTES


def connect(path: Path, schema: Schema) -> sqlite3.Connection:
    """A connection of its own to the file as it is in this version; a `ReadOnly` one on a full disk.

    Raises: StoreError.
    """
    try:
        return _connect(path, schema)
    except DiskFullError:
        if not path.exists() or _version_on_full_disk(path) != schema.version:
            raise
    with in_words(path, schema.kept):
        return _read_only(path)


def _connect(path: Path, schema: Schema) -> sqlite3.Connection:
    with in_words(path, schema.kept):
        connection = _opened(path)
        try:
            # WAL: readers never wait for the writer. NORMAL: no fsync per commit, and no damage on power loss.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            _bring_up_to_date(connection, path, schema)
        except BaseException:
            connection.close()
            raise
        return connection


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _read_only(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?immutable=1"
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, factory=ReadOnly
    )
    connection.row_factory = sqlite3.Row
    return connection


def _version_on_full_disk(path: Path) -> int:
    with suppress(sqlite3.Error), closing(_read_only(path)) as connection:
        return version_of(connection)
    return 0


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the file; 0 of one that has none yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    version = version_of(connection)
    if version > schema.version:
        raise StoreError(said("machine.store_too_new", path=path, version=version, known=schema.version))
    if version == schema.version:
        return
    connection.execute(f"PRAGMA busy_timeout = {round(1000 * UPGRADE_PATIENCE_S)}")
    with transaction(connection):  # whoever comes second waits here, and has nothing left to do
        version = version_of(connection)
        if version == 0:
            for statement in schema.tables.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {schema.version}")
        elif version < schema.version:
            _upgrade(connection, path, schema, version)
    connection.execute(f"PRAGMA busy_timeout = {round(1000 * PATIENCE_S)}")


def _upgrade(connection: sqlite3.Connection, path: Path, schema: Schema, version: int) -> None:
    """Inside a transaction: a backup, then every step from this version to the newest."""
    backup = path.with_name(f"{path.stem}.version-{version}{path.suffix}")
    try:
        _back_up(path, backup)
        for older in range(version, schema.version):
            schema.upgrades[older](connection)
        connection.execute(f"PRAGMA user_version = {schema.version}")
    except Exception as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise
        raise StoreError(
            said("machine.not_upgraded", path=path, version=version, known=schema.version, reason=error)
        ) from error
    _log.warning(
        "%s was brought from version %d to version %d; as it was before, it is kept as %s",
        path,
        version,
        schema.version,
        backup,
    )


def _back_up(path: Path, backup: Path) -> None:
    """A copy of the file as it is committed now, whole or not there; its writers wait for our transaction."""
    part = backup.with_name(f".{backup.name}.{os.getpid()}.part")
    try:
        with closing(_opened(path)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        os.replace(part, backup)
    finally:
        part.unlink(missing_ok=True)


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
