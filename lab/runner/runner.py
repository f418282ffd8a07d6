"""The reconciler: makes the state of every run follow what is wanted of it.

Owns which run is computed when, and what happens to one whose worker is lost. It is the only one who
writes states. Knows no page, no torch, and nothing of how an engine works.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.database import DiskFullError, StoreError
from lab.engines import Engine
from lab.events import (
    Cause,
    Checkpoint,
    DiskFull,
    Event,
    Failed,
    Finished,
    Loss,
    Message,
    NoProcess,
    Pause,
    Paused,
    Refused,
    Resume,
    Resumed,
    Started,
    StepOnce,
    Stop,
    Stopped,
)
from lab.paths import checkpoint_file
from lab.reasons import reasons_of
from lab.runner.fair_share import SHARING, Crashes, FairShare, LiveRun
from lab.runs.journal import Journal, Task
from lab.runs.run import DELETE, RunState
from lab.training.failures import batch_size_in, given_up

CRASHES_ALLOWED = 3  # without getting further than before
STOP_WITHIN_S = 10.0
SHARE_EVERY_S = 0.25
PAUSED_KEPT = 8  # paused workers kept in memory, so that Resume and Step answer at once


@dataclass
class Runner:
    """One engine and one store, kept in agreement by calling `turn` again and again."""

    home: Path
    engine: Engine
    journal: Journal = field(init=False)
    _live: FairShare = field(default_factory=FairShare)
    _crashes: dict[str, Crashes] = field(default_factory=dict)
    _unsaid: dict[str, Failed] = field(default_factory=dict)
    _waiting: bool = False
    _stale: bool = True
    _share_at: float = 0.0

    def __post_init__(self) -> None:
        self.journal = Journal(self.home)
        self._take_up_what_was_running()

    def is_idle(self) -> bool:
        """Whether nothing is computed and nothing waits for a slot."""
        return (
            not self._waiting and not self._unsaid and all(not life.computes for life in self._live.values())
        )

    def turn(self, timeout_s: float = 0.0) -> None:
        """One round: take what the engine says, obey what is wanted, fill the free slots."""
        said = self.engine.poll(timeout_s)
        try:
            if said:
                with self.journal.transaction():
                    for run_id, event in said:
                        self._take(run_id, event)
        except StoreError as error:
            self._give_up({run_id for run_id, _ in said}, error)
        try:
            self._say_what_was_left_unsaid()
            if self.journal.changed() or self._stale or self._overdue():
                with self.journal.transaction():
                    self._reconcile()
        except StoreError:
            if not self.home.is_dir():
                raise
            self._stale = True  # a full disk: tried again at the next turn

    def close(self) -> None:
        """End all workers and let go of the store; what was running is taken up by the next runner."""
        self.engine.close()
        self.journal.close()

    # --- what the engine says -------------------------------------------------------------------------

    def _take(self, run_id: str, event: Event | Loss) -> None:
        life = self._live.get(run_id)
        if life is None:
            return
        if isinstance(event, Loss):
            self._lost(run_id, life, event)
            return
        life.step = event.step
        if life.answers_to_the_runner(event):
            self._stale = True
            return
        self.journal.event(run_id, event)
        if isinstance(event, Finished | Stopped | Failed):
            self._end(run_id, event.kind, event.cause if isinstance(event, Failed) else None)
        elif isinstance(event, Started):
            life.began = time.monotonic()
            self._say_what_had_happened(run_id, life)
            if not life.told_to_pause:
                self.journal.state(run_id, "running")
        elif isinstance(event, Paused):
            life.paused_at = time.monotonic()
            self.journal.state(run_id, "paused")
            self._stale = True
        elif isinstance(event, Checkpoint):
            crashes = self._crashes.get(run_id)
            if crashes and event.step > crashes.step:
                del self._crashes[run_id]

    def _say_what_had_happened(self, run_id: str, life: LiveRun) -> None:
        crashes = self._crashes.get(run_id)
        if crashes and crashes.unsaid:
            self.journal.event(run_id, Resumed(step=life.step, after="loss", loss=crashes.unsaid))
            crashes.unsaid, life.taken_up = None, True

    def _lost(self, run_id: str, life: LiveRun, loss: Loss) -> None:
        del self._live[run_id]
        self._stale = True
        crashes = self._crashes.setdefault(run_id, Crashes())
        crashes.count += 1
        crashes.step, crashes.unsaid = max(crashes.step, life.step), loss
        if life.kill_at:
            self._stopped(run_id, life.step)
        elif crashes.count > CRASHES_ALLOWED:
            self._failed(run_id, given_up(life.step, crashes.count, loss, batch_size_in(life.spec_json)))
        else:
            self.journal.state(run_id, "interrupted")

    def _failed(self, run_id: str, failed: Failed) -> None:
        self.journal.event(run_id, failed)
        self._end(run_id, "failed", failed.cause)

    def _end(self, run_id: str, state: RunState, cause: Cause | None = None) -> None:
        self.journal.state(run_id, state, cause)
        self.journal.forget(run_id)
        self._live.forget(run_id)
        self._crashes.pop(run_id, None)
        self._stale = True
        if state == "finished":  # nothing goes on from here, and it is the largest file
            checkpoint_file(self.home, run_id).unlink(missing_ok=True)

    def _stopped(self, run_id: str, step: int) -> None:
        self.journal.event(run_id, Stopped(step=step))
        self._end(run_id, "stopped")

    # --- what is wanted -------------------------------------------------------------------------------

    def _take_up_what_was_running(self) -> None:
        """At the start nothing computes: what the rows call running was interrupted."""
        with self.journal.transaction():
            for task in self.journal.tasks():
                if task.state in ("running", "interrupted"):
                    self._crashes[task.run_id] = Crashes(unsaid=Loss(cause="lab_stopped"))
                    self.journal.state(task.run_id, "interrupted")

    def _reconcile(self) -> None:
        tasks = {task.run_id: task for task in self.journal.tasks() if task.run_id not in self._unsaid}
        for task in tasks.values():
            self._obey(task)
        for number, run_id, message in self.journal.messages():
            if run_id not in tasks or self._deliver(tasks[run_id], message):
                self.journal.done(number)
        waiting = [task for task in tasks.values() if task.want == "run" and self._live.waits(task.run_id)]
        self._waiting = bool(waiting)
        self._stale = False
        if not self._unsaid:  # else the disk is full
            self._fill(waiting)
        self._let_go_of_paused()

    def _obey(self, task: Task) -> None:
        run_id, life = task.run_id, self._live.get(task.run_id)
        if task.want == DELETE:
            self.engine.kill(run_id)
            self._live.forget(run_id)
            self._crashes.pop(run_id, None)
            self.journal.drop(run_id)
        elif task.want == "stop":
            if life is None:
                self._stopped(run_id, task.step)
            elif not life.kill_at:
                life.kill_at = time.monotonic() + STOP_WITHIN_S
                self.engine.tell(run_id, Stop())
            elif time.monotonic() > life.kill_at:
                self.engine.kill(run_id)
                self._stopped(run_id, life.step)
        elif task.want == "pause":
            if life is None and task.state != "paused":
                self.journal.state(run_id, "paused")
            elif life is not None and not life.told_to_pause:
                life.told_to_pause = True
                self.engine.tell(run_id, Pause())
                if life.preempted and not life.computes:  # it stands still already, for others
                    self.journal.event(run_id, Paused(step=life.step))
                    self.journal.state(run_id, "paused")
                life.preempted = False
        elif life is None and task.state in ("paused", "stopped"):
            self.journal.state(run_id, "queued")
        elif life is not None and life.told_to_pause and life.computes:  # changed its mind in between
            life.told_to_pause = False
            self.engine.tell(run_id, Resume())

    def _deliver(self, task: Task, message: Message) -> bool:
        """Pass a message on; False if it has to wait until the run is in the engine."""
        if task.run_id not in self._live:
            if not isinstance(message, StepOnce):
                return False
            self._start(task)
            if life := self._live.get(task.run_id):
                life.told_to_pause = True
            self.engine.tell(task.run_id, Pause())
        self.engine.tell(task.run_id, message)
        return True

    # --- slots ----------------------------------------------------------------------------------------

    def _fill(self, waiting: Sequence[Task]) -> None:
        """Give free slots to those whose turn it is; preempt others where none is free."""
        left = list(waiting)
        while left and self._live.computing().total() < self.engine.capacity():
            task = self._live.next_in_turn(left, self._room())
            left.remove(task)
            if life := self._live.get(task.run_id):
                life.told_to_pause, life.paused_at, life.began = False, 0.0, time.monotonic()
                self.engine.tell(task.run_id, Resume())
                self.journal.state(task.run_id, "running")
            else:
                self._start(task)
                self._stale = True  # messages that waited for it
        for run_id in self._live.to_preempt(left, self._room()):
            self._live[run_id].preempted = True
            self.engine.tell(run_id, Pause())
        self._waiting, self._share_at = bool(left), time.monotonic() + SHARE_EVERY_S
        for task in left:
            if task.state == "paused":
                self.journal.state(task.run_id, "queued")

    def _room(self) -> int:
        """How many more runs may be in memory."""
        return self.engine.capacity() + SHARING - len(self._live)

    def _start(self, task: Task) -> None:
        self._live[task.run_id] = LiveRun(task.owner, task.spec_json, task.step)
        try:
            self.engine.start(task.run_id, task.spec_json, from_checkpoint=True)
        except OSError as error:
            self._failed(task.run_id, Failed(step=task.step, cause=NoProcess(detail=str(error))))

    def _let_go_of_paused(self) -> None:
        """Of many paused workers, end those paused the longest: their checkpoint is on the disk."""
        for run_id in self._live.longest_paused(PAUSED_KEPT):
            self.engine.kill(run_id)
            del self._live[run_id]

    def _overdue(self) -> bool:
        now = time.monotonic()
        return (self._waiting and now > self._share_at) or any(
            0 < life.kill_at < now for life in self._live.values()
        )

    # --- a full disk ----------------------------------------------------------------------------------

    def _give_up(self, run_ids: set[str], error: StoreError) -> None:
        """End the runs whose events could not be written; say so as soon as there is room."""
        cause: Cause = Refused(what="store", reasons=reasons_of(error))
        if isinstance(error, DiskFullError):
            cause = DiskFull(folder=str(self.home), unwritten="events")
        for run_id in run_ids:
            self.engine.kill(run_id)
            life = self._live.pop(run_id, None)
            self._unsaid[run_id] = Failed(step=life.step if life else 0, cause=cause)
        self._stale = True

    def _say_what_was_left_unsaid(self) -> None:
        for run_id, failed in list(self._unsaid.items()):
            with self.journal.transaction():
                self._failed(run_id, failed)
            del self._unsaid[run_id]
