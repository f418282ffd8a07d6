"""What only the runner writes: what happened in each run, and the state it is in.

Owns the events, the figures kept beside a run for lists, and how much of them is kept. Decides nothing.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.database import transaction
from lab.events import (
    Cause,
    EpochDone,
    Event,
    Finished,
    Message,
    Snapshot,
    Started,
    StepsDone,
    cause_to_json,
    message_from_json,
    to_json,
)
from lab.paths import run_folder
from lab.runs.coarse_curve import CoarseCurve, coarse_curve_from_json
from lab.runs.database import connect, in_words
from lab.runs.run import ACTIVE, ACTIVE_SQL, DELETE, RunState

SNAPSHOTS_KEPT = 256  # some 10 kB each: beyond this every second one goes


@dataclass(frozen=True, kw_only=True)
class Task:
    """A run that may need something done: what is wanted, what is, and who waits since when."""

    run_id: str
    number: int
    owner: str
    spec_json: str
    want: str
    state: RunState
    served_at: float
    step: int


class Journal:
    """The runner's own connection: its changes to the store, in transactions it chooses."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._connection = connect(home)
        self._version = -1
        self._next_seq: dict[str, int] = {}
        self._curves: dict[str, CoarseCurve] = {}
        self._snapshots: dict[str, int] = {}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    # --- what others wrote ----------------------------------------------------------------------------

    def changed(self) -> bool:
        """Whether any other connection wrote since the last call; some 3 microseconds."""
        with in_words(self.home):
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        changed, self._version = version != self._version, version
        return bool(changed)

    def tasks(self) -> list[Task]:
        """The runs that are active, shall go, or were stopped and shall run again; the oldest first."""
        query = (
            "SELECT id AS run_id, number, owner, spec AS spec_json, want, state, served_at, step FROM runs"  # noqa: S608
            f" WHERE state IN {ACTIVE_SQL} OR want = '{DELETE}' OR (state = 'stopped' AND want = 'run')"
            " ORDER BY number"
        )
        with in_words(self.home):
            return [Task(**row) for row in self._connection.execute(query)]

    def messages(self) -> list[tuple[int, str, Message]]:
        """What runs shall be told, in the order in which it was said: number, run, message."""
        with in_words(self.home):
            rows = self._connection.execute("SELECT id, run_id, body FROM messages ORDER BY id").fetchall()
        return [(row[0], row[1], message_from_json(row[2])) for row in rows]

    # --- what the runner writes -----------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes in it, or none.

        Raises: DiskFullError, StoreError.
        """
        with in_words(self.home), transaction(self._connection):
            yield

    def event(self, run_id: str, event: Event) -> None:
        """Append an event, and keep the figures of the run that lists show."""
        seq = self._next_seq.get(run_id) or self._last_seq(run_id) + 1
        self._next_seq[run_id] = seq + 1
        self._connection.execute(
            "INSERT INTO events (run_id, seq, kind, body) VALUES (?, ?, ?, ?)",
            (run_id, seq, event.kind, to_json(event)),
        )
        if isinstance(event, Snapshot):
            self._thin_snapshots(run_id)
        elif isinstance(event, Started):
            steps = event.epochs * event.steps_per_epoch
            self._figures(run_id, epochs=event.epochs, steps=steps, step=event.step)
        elif isinstance(event, StepsDone):
            curve = self._coarse_curve(run_id)
            curve.add(event.step, event.losses)
            self._figures(run_id, step=event.step, curve=curve.to_json())
        elif isinstance(event, EpochDone):
            known = event.validation_accuracy
            accuracy = event.train_accuracy if known is None else known
            self._figures(run_id, epoch=event.epoch, step=event.step, accuracy=accuracy)
        elif isinstance(event, Finished):
            self._figures(run_id, step=event.step, test_accuracy=event.test_accuracy)

    def state(self, run_id: str, state: RunState, cause: Cause | None = None) -> None:
        """Say what a run is now, and why if it failed."""
        ended_at = None if state in ACTIVE else time.time()
        reason = "" if cause is None else cause_to_json(cause)
        self._figures(run_id, state=state, reason=reason, ended_at=ended_at)

    def served(self, run_id: str) -> None:
        """Note that the run's owner was given a slot now."""
        self._figures(run_id, served_at=time.time())

    def done(self, message: int) -> None:
        """Drop a message that was passed on."""
        self._connection.execute("DELETE FROM messages WHERE id = ?", (message,))

    def drop(self, run_id: str) -> None:
        """Remove all that is known of a run, its files too."""
        self._connection.execute("DELETE FROM events WHERE run_id = ?", (run_id,))
        self._connection.execute("DELETE FROM messages WHERE run_id = ?", (run_id,))
        self._connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
        shutil.rmtree(run_folder(self.home, run_id), ignore_errors=True)
        self.forget(run_id)

    def forget(self, run_id: str) -> None:
        """Free what is kept in memory for a run that is over."""
        for kept in (self._next_seq, self._curves, self._snapshots):
            kept.pop(run_id, None)

    def _figures(self, run_id: str, **values: object) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(f"UPDATE runs SET {columns} WHERE id = ?", (*values.values(), run_id))  # noqa: S608

    def _last_seq(self, run_id: str) -> int:
        query = "SELECT coalesce(max(seq), 0) FROM events WHERE run_id = ?"
        return int(self._connection.execute(query, (run_id,)).fetchone()[0])

    def _coarse_curve(self, run_id: str) -> CoarseCurve:
        if run_id not in self._curves:
            row = self._connection.execute("SELECT curve FROM runs WHERE id = ?", (run_id,)).fetchone()
            self._curves[run_id] = coarse_curve_from_json(row["curve"] if row else "")
        return self._curves[run_id]

    def _thin_snapshots(self, run_id: str) -> None:
        query = "SELECT seq FROM events WHERE run_id = ? AND kind = 'snapshot' ORDER BY seq"
        count = self._snapshots.get(run_id, 0) + 1
        if count == 1:  # first since this process took the run up
            count = len(self._connection.execute(query, (run_id,)).fetchall())
        if count > SNAPSHOTS_KEPT:
            numbers = [row[0] for row in self._connection.execute(query, (run_id,))]
            self._connection.executemany(
                "DELETE FROM events WHERE run_id = ? AND seq = ?", [(run_id, seq) for seq in numbers[1:-1:2]]
            )
            count = len(numbers) - len(numbers[1:-1:2])
        self._snapshots[run_id] = count
