"""The truth about all runs, as pages and the command line see it: what is wanted, what is, what happened.

Owns the rows. A reader submits, wants, tells and reads; what a run's state is, only the runner writes
(lab.runs.journal). Knows no page and imports no torch.
"""

from __future__ import annotations

import math
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lab.database import ReadOnly, transaction
from lab.events import Event, Message, to_json
from lab.paths import is_run_id, run_folder
from lab.runs.database import connect, in_words
from lab.runs.run import ACTIVE_SQL, DELETE, WANTS, Run, Want, new_run_id, run_of
from lab.runs.sentences import event_of
from lab.spec import RunSpec
from lab.texts import text

_WISHES: dict[str, Want] = {"pause": "pause", "resume": "run", "stop": "stop", "step_once": "pause"}
_PASSED_ON = ("step_once", "set_learning_rate")


class UnknownRunError(LookupError):
    """There is no such run."""


class Store:
    """The runs of one data folder; one value serves all threads of a process.

    Raises: StoreError from every method when the file cannot be used, DiskFullError when there is no room.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._idle: list[sqlite3.Connection] = []
        with self._connection():
            pass

    def close(self) -> None:
        """Close the connections; the store can still be used and opens new ones."""
        while self._idle:
            self._idle.pop().close()

    # --- what a person wants --------------------------------------------------------------------------

    def submit(self, spec: RunSpec, owner: str = "", title: str = "", want: Want = "run") -> str:
        """Queue a new run and return its id."""
        run_id = new_run_id()
        row = (run_id, owner[:200], (title or spec.title)[:200], spec.model_dump_json(), want, time.time())
        with self._connection() as connection, transaction(connection):
            connection.execute(
                "INSERT INTO runs (id, owner, title, spec, want, state, created_at) VALUES (?,?,?,?,?,'queued',?)",
                row,
            )
        return run_id

    def want(self, run_id: str, wish: Want) -> None:
        """Say what a run shall do; the runner makes its state follow.

        Raises: UnknownRunError, ValueError.
        """
        if wish not in WANTS:
            raise ValueError(text("runs.unknown_wish", wish=wish, wishes=WANTS))
        self._change("UPDATE runs SET want = ? WHERE id = ? AND want != 'delete'", (wish, run_id), run_id)

    def tell(self, run_id: str, message: Message) -> None:
        """Tell the run's training something: it looks between two steps, or when it is in the engine again.

        Pause, Resume and Stop are what is wanted of it from now on; StepOnce wants it to wait afterwards.

        Raises: UnknownRunError.
        """
        if message.kind in _PASSED_ON:
            self._change(
                "INSERT INTO messages (run_id, body) SELECT ?, ? WHERE EXISTS (SELECT 1 FROM runs"  # noqa: S608
                f" WHERE id = ? AND state IN {ACTIVE_SQL})",
                (run_id, to_json(message), run_id),
                run_id,
            )
        if wish := _WISHES.get(message.kind):
            self._change("UPDATE runs SET want = ? WHERE id = ? AND want != 'delete'", (wish, run_id), run_id)

    def rename(self, run_id: str, title: str) -> None:
        """Give the run another title.

        Raises: UnknownRunError.
        """
        self._change("UPDATE runs SET title = ? WHERE id = ?", (title[:200], run_id), run_id)

    def delete(self, run_id: str) -> None:
        """Drop a run and its files; one that still lives is hidden now and dropped by the runner.

        Raises: UnknownRunError.
        """
        run = self.run(run_id)
        if run is None:
            raise UnknownRunError(text("runs.unknown", id=str(run_id)[:60]))
        if run.is_active:
            self._change("UPDATE runs SET want = ? WHERE id = ?", (DELETE, run_id), run_id)
            return
        # The files first: on a full disk the rows cannot be deleted before there is some room.
        shutil.rmtree(run_folder(self.home, run_id), ignore_errors=True)
        with self._connection() as connection, transaction(connection):
            for table, column in (("events", "run_id"), ("messages", "run_id"), ("runs", "id")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (run_id,))  # noqa: S608

    # --- what is --------------------------------------------------------------------------------------

    def run(self, run_id: str) -> Run | None:
        """The run of that id, or None; any text may be asked for."""
        if not is_run_id(run_id):
            return None
        rows = self._rows("SELECT * FROM runs WHERE id = ? AND want != 'delete'", (run_id,))
        return run_of(rows[0]) if rows else None

    def runs(self, owner: str | None = None, limit: int = 100, active: bool = False) -> list[Run]:
        """The runs, newest first: of one owner or of all, only those still active if asked."""
        where, values = "WHERE want != 'delete'", list[object]()
        if owner is not None:
            where, values = where + " AND owner = ?", [owner]
        if active:
            where += f" AND state IN {ACTIVE_SQL}"
        query = f"SELECT * FROM runs {where} ORDER BY number DESC LIMIT ?"  # noqa: S608
        return [run_of(row) for row in self._rows(query, (*values, limit))]

    def count(self, owner: str) -> int:
        """How many runs an owner has."""
        query = "SELECT count(*) FROM runs WHERE want != 'delete' AND owner = ?"
        return int(self._rows(query, (owner,))[0][0])

    def waiting_before(self, run_id: str) -> int:
        """How many runs were queued before this one and still wait."""
        query = (
            "SELECT count(*) FROM runs WHERE state IN ('queued', 'interrupted') AND want = 'run'"
            " AND number < (SELECT number FROM runs WHERE id = ?)"
        )
        return int(self._rows(query, (run_id,))[0][0])

    def events(
        self, run_id: str, after: int = 0, kinds: Sequence[str] = (), at_most: int | None = None
    ) -> list[tuple[int, Event]]:
        """What happened in a run after the event numbered `after`: each with its number, in order.

        With `at_most`, evenly spread ones where there are more, the last always among them.
        """
        where, values = "WHERE run_id = ? AND seq > ?", list[object]([run_id, after])
        if kinds:
            where += f" AND kind IN ({','.join('?' * len(kinds))})"
            values += kinds
        if at_most is not None:
            count, last = self._rows(f"SELECT count(*), max(seq) FROM events {where}", values)[0]  # noqa: S608
            if count > at_most:
                where += " AND (seq % ? = 0 OR seq = ?)"
                values += [math.ceil(count / at_most), last]
        rows = self._rows(f"SELECT seq, body FROM events {where} ORDER BY seq", values)  # noqa: S608
        return [(row[0], event_of(row[1])) for row in rows]

    def last_event(self, run_id: str, kind: str) -> tuple[int, Event] | None:
        """The newest event of a kind with its number, or None."""
        query = "SELECT seq, body FROM events WHERE run_id = ? AND kind = ? ORDER BY seq DESC LIMIT 1"
        rows = self._rows(query, (run_id, kind))
        return (rows[0][0], event_of(rows[0][1])) if rows else None

    def sizes(self) -> dict[str, int]:
        """Units: bytes on disk of each run's files, for the runs that have any."""
        folders = self.home / "runs"
        found = [folder for folder in folders.iterdir() if is_run_id(folder.name)] if folders.is_dir() else []
        sizes = {}
        for folder in found:
            with suppress(FileNotFoundError):  # deleted meanwhile
                sizes[folder.name] = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        return sizes

    # --- connections ----------------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One no other thread uses now; kept open for the next call."""
        with in_words(self.home):
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = connect(self.home)
            try:
                yield connection
            finally:
                if isinstance(connection, ReadOnly):  # until there is room again
                    connection.close()
                else:
                    self._idle.append(connection)

    def _rows(self, query: str, values: Sequence[object]) -> list[sqlite3.Row]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    def _change(self, statement: str, values: Sequence[object], run_id: str) -> None:
        with self._connection() as connection:
            changed = connection.execute(statement, values).rowcount
        if not changed:
            raise UnknownRunError(text("runs.unknown_or_ended", id=str(run_id)[:60]))
