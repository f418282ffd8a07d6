"""The reconciler: makes the state of every run follow what is wanted of it.

Owns which run is computed when, and what happens to one whose worker is lost. It is the only one who
writes states. Knows no page, no torch, and nothing of how an engine works.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.engines import ENDS, Engine, Lost
from lab.events import (
    Event,
    Failed,
    Message,
    Pause,
    Paused,
    Resume,
    Resumed,
    Started,
    StepOnce,
    Stop,
    Stopped,
)
from lab.paths import checkpoint_file
from lab.runner.fair_share import SHARING, Life, Lives, Losses
from lab.runs.database import DiskFullError, StoreError
from lab.runs.journal import Record, Task
from lab.runs.run import DELETE, State
from lab.training.failures import batch_size_in, given_up

LOSSES_ALLOWED = 3  # without getting further than before
STOP_WITHIN_S = 10.0
SHARE_EVERY_S = 0.25
PAUSED_KEPT = 8  # paused workers kept in memory, so that Resume and Step answer at once
_ENDED: dict[str, State] = {"finished": "finished", "stopped": "stopped", "failed": "failed"}


@dataclass
class Runner:
    """One engine and one store, kept in agreement by calling `turn` again and again."""

    home: Path
    engine: Engine
    record: Record = field(init=False)
    _lives: Lives = field(default_factory=Lives)
    _losses: dict[str, Losses] = field(default_factory=dict)
    _unsaid: dict[str, Failed] = field(default_factory=dict)
    _waiting: bool = False
    _stale: bool = True
    _share_at: float = 0.0

    def __post_init__(self) -> None:
        self.record = Record(self.home)
        self._take_up_what_was_running()

    def is_idle(self) -> bool:
        """Whether nothing is computed and nothing waits for a slot."""
        return (
            not self._waiting and not self._unsaid and all(not life.computes for life in self._lives.values())
        )

    def turn(self, timeout_s: float = 0.0) -> None:
        """One round: take what the engine says, obey what is wanted, fill the free slots."""
        said = self.engine.poll(timeout_s)
        try:
            if said:
                with self.record.transaction():
                    for run_id, event in said:
                        self._take(run_id, event)
        except StoreError as error:
            self._give_up({run_id for run_id, _ in said}, error)
        try:
            self._say_what_was_left_unsaid()
            if self.record.changed() or self._stale or self._overdue():
                with self.record.transaction():
                    self._reconcile()
        except StoreError:
            if not self.home.is_dir():
                raise
            self._stale = True  # a full disk: tried again at the next turn

    def close(self) -> None:
        """End all workers and let go of the store; what was running is taken up by the next runner."""
        self.engine.close()
        self.record.close()

    # --- what the engine says -------------------------------------------------------------------------

    def _take(self, run_id: str, event: Event | Lost) -> None:
        life = self._lives.get(run_id)
        if life is None:
            return
        if isinstance(event, Lost):
            self._lost(run_id, life, event)
            return
        life.step = event.step
        if life.answers_to_the_runner(event):
            self._stale = True
            return
        self.record.event(run_id, event)
        if event.kind in ENDS:
            self._end(run_id, _ENDED[event.kind], getattr(event, "reason", ""))
        elif isinstance(event, Started):
            life.began = time.monotonic()
            self._say_what_had_happened(run_id, life)
            if not life.told_to_pause:
                self.record.state(run_id, "running")
        elif isinstance(event, Paused):
            life.paused_at = time.monotonic()
            self.record.state(run_id, "paused")
            self._stale = True
        elif event.kind == "checkpoint" and run_id in self._losses and event.step > self._losses[run_id].step:
            del self._losses[run_id]

    def _say_what_had_happened(self, run_id: str, life: Life) -> None:
        losses = self._losses.get(run_id)
        if losses and losses.reason:
            reason = f"interrupted: {losses.reason}; resumed from step {life.step:,}"
            self.record.event(run_id, Resumed(life.step, reason))
            losses.reason, life.taken_up = "", True

    def _lost(self, run_id: str, life: Life, lost: Lost) -> None:
        del self._lives[run_id]
        self._stale = True
        losses = self._losses.setdefault(run_id, Losses())
        losses.count += 1
        losses.step, losses.reason = max(losses.step, life.step), lost.reason
        if life.kill_at:
            self._stopped(run_id, life.step)
        elif losses.count > LOSSES_ALLOWED:
            failed = given_up(life.step, losses.count, lost.reason, lost.cause, batch_size_in(life.spec_json))
            self.record.event(run_id, failed)
            self._end(run_id, "failed", failed.reason)
        else:
            self.record.state(run_id, "interrupted", lost.reason)

    def _end(self, run_id: str, state: State, reason: str = "") -> None:
        self.record.state(run_id, state, reason)
        self.record.forget(run_id)
        self._lives.forget(run_id)
        self._losses.pop(run_id, None)
        self._stale = True
        if state == "finished":  # nothing goes on from here, and it is the largest file
            checkpoint_file(self.home, run_id).unlink(missing_ok=True)

    def _stopped(self, run_id: str, step: int) -> None:
        self.record.event(run_id, Stopped(step))
        self._end(run_id, "stopped")

    # --- what is wanted -------------------------------------------------------------------------------

    def _take_up_what_was_running(self) -> None:
        """At the start nothing computes: what the rows call running was interrupted."""
        with self.record.transaction():
            for task in self.record.tasks():
                if task.state in ("running", "interrupted"):
                    reason = "the lab was stopped"
                    self._losses[task.run_id] = Losses(reason=reason)
                    self.record.state(task.run_id, "interrupted", reason)

    def _reconcile(self) -> None:
        tasks = {task.run_id: task for task in self.record.tasks() if task.run_id not in self._unsaid}
        for task in tasks.values():
            self._obey(task)
        for number, run_id, message in self.record.messages():
            if run_id not in tasks or self._deliver(tasks[run_id], message):
                self.record.done(number)
        waiting = [task for task in tasks.values() if task.want == "run" and self._lives.waits(task.run_id)]
        self._waiting = bool(waiting)
        self._stale = False
        if not self._unsaid:  # else the disk is full
            self._fill(waiting)
        self._let_go_of_paused()

    def _obey(self, task: Task) -> None:
        run_id, life = task.run_id, self._lives.get(task.run_id)
        if task.want == DELETE:
            self.engine.kill(run_id)
            self._lives.forget(run_id)
            self._losses.pop(run_id, None)
            self.record.drop(run_id)
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
                self.record.state(run_id, "paused")
            elif life is not None and not life.told_to_pause:
                life.told_to_pause = True
                self.engine.tell(run_id, Pause())
                if life.gives_way and not life.computes:  # it stands still already, for others
                    self.record.event(run_id, Paused(life.step))
                    self.record.state(run_id, "paused")
                life.gives_way = False
        elif life is None and task.state in ("paused", "stopped"):
            self.record.state(run_id, "queued")
        elif life is not None and life.told_to_pause and life.computes:  # changed its mind in between
            life.told_to_pause = False
            self.engine.tell(run_id, Resume())

    def _deliver(self, task: Task, message: Message) -> bool:
        """Pass a message on; False if it has to wait until the run is in the engine."""
        if task.run_id not in self._lives:
            if not isinstance(message, StepOnce):
                return False
            self._start(task)
            if life := self._lives.get(task.run_id):
                life.told_to_pause = True
            self.engine.tell(task.run_id, Pause())
        self.engine.tell(task.run_id, message)
        return True

    # --- slots ----------------------------------------------------------------------------------------

    def _fill(self, waiting: Sequence[Task]) -> None:
        """Give free slots to those whose turn it is; have others give way where none is free."""
        left = list(waiting)
        while left and self._lives.computing().total() < self.engine.capacity():
            task = self._lives.next_in_turn(left, self._room())
            left.remove(task)
            if life := self._lives.get(task.run_id):
                life.told_to_pause, life.paused_at, life.began = False, 0.0, time.monotonic()
                self.engine.tell(task.run_id, Resume())
                self.record.state(task.run_id, "running")
            else:
                self._start(task)
                self._stale = True  # messages that waited for it
        for run_id in self._lives.giving_way(left, self._room()):
            self._lives[run_id].gives_way = True
            self.engine.tell(run_id, Pause())
        self._waiting, self._share_at = bool(left), time.monotonic() + SHARE_EVERY_S
        for task in left:
            if task.state == "paused":
                self.record.state(task.run_id, "queued")

    def _room(self) -> int:
        """How many more runs may be in memory."""
        return self.engine.capacity() + SHARING - len(self._lives)

    def _start(self, task: Task) -> None:
        self._lives[task.run_id] = Life(task.owner, task.spec_json, task.step)
        try:
            self.engine.start(task.run_id, task.spec_json, from_checkpoint=True)
        except OSError as error:
            reason = f"no process could be started for it: {error}"
            self.record.event(task.run_id, Failed(task.step, reason, "End other programs, then try again."))
            self._end(task.run_id, "failed", reason)

    def _let_go_of_paused(self) -> None:
        """Of many paused workers, end those paused the longest: their checkpoint is on the disk."""
        for run_id in self._lives.longest_paused(PAUSED_KEPT):
            self.engine.kill(run_id)
            del self._lives[run_id]

    def _overdue(self) -> bool:
        now = time.monotonic()
        return (self._waiting and now > self._share_at) or any(
            0 < life.kill_at < now for life in self._lives.values()
        )

    # --- a full disk ----------------------------------------------------------------------------------

    def _give_up(self, run_ids: set[str], error: StoreError) -> None:
        """End the runs whose events could not be written; say so as soon as there is room."""
        cause = "disk_full" if isinstance(error, DiskFullError) else "error"
        for run_id in run_ids:
            self.engine.kill(run_id)
            life = self._lives.pop(run_id, None)
            self._unsaid[run_id] = Failed(life.step if life else 0, str(error), "", cause)
        self._stale = True

    def _say_what_was_left_unsaid(self) -> None:
        for run_id, failed in list(self._unsaid.items()):
            with self.record.transaction():
                self.record.event(run_id, failed)
                self._end(run_id, "failed", failed.reason)
            del self._unsaid[run_id]
