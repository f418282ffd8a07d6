"""Runs that are in the engine: what each was told, where it stands, and whose turn it is.

Owns fairness between owners. Writes nothing and starts nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.events import Event, Loss, Paused, Resumed
from lab.runs.journal import Task

SLICE_S = 2.0  # how long a run is computed before it is preempted for an owner of whom nothing is
SHARING = 8  # runs that may wait in memory for their next slice; the others wait in the queue


@dataclass
class LiveRun:
    """A run in the engine."""

    owner: str
    spec_json: str = ""
    step: int = 0
    told_to_pause: bool = False
    preempted: bool = False  # paused for others, not by a person; until it says that it goes on
    paused_at: float = 0.0  # 0 while it computes
    began: float = field(default_factory=time.monotonic)  # of its present slice
    kill_at: float = 0.0
    taken_up: bool = False  # after an interruption, and that was said

    @property
    def computes(self) -> bool:
        """Whether it takes a slot."""
        return not self.paused_at

    @property
    def can_be_preempted(self) -> bool:
        """Whether it had its slice and is not about to stand still anyway."""
        going = self.computes and not (self.preempted or self.told_to_pause or self.kill_at)
        return going and time.monotonic() > self.began + SLICE_S

    def answers_to_the_runner(self, event: Event) -> bool:
        """Whether the event only answers to a wish of the runner's own, which nobody else needs to hear of."""
        if isinstance(event, Paused) and self.preempted:
            self.paused_at = time.monotonic()
            return True
        if isinstance(event, Resumed) and self.preempted:
            self.preempted = False
            return True
        return isinstance(event, Resumed) and event.interrupted and self.taken_up  # said already


@dataclass
class Crashes:
    """How often a run's worker was lost since it last got further, and the last loss while it is to be said."""

    count: int = 0
    step: int = 0
    unsaid: Loss | None = None


class FairShare(dict[str, LiveRun]):
    """The runs in the engine by id, and when each owner and run last had a turn."""

    def __init__(self) -> None:
        super().__init__()
        self._owner_served: dict[str, float] = {}
        self._run_served: dict[str, float] = {}

    def computing(self) -> Counter[str]:
        """How many runs of each owner take a slot."""
        return Counter(life.owner for life in self.values() if life.computes)

    def waits(self, run_id: str) -> bool:
        """Whether a run that shall run takes no slot."""
        return run_id not in self or not self[run_id].computes

    def next_in_turn(self, waiting: Sequence[Task], room: int) -> Task:
        """The run whose owner has the fewest computing, then whose owner and which was served longest ago.

        Without room in memory, one that is there already if there is any.
        """
        busy = self.computing()
        there = [task for task in waiting if task.run_id in self] if room <= 0 else []
        chosen = min(
            there or waiting,
            key=lambda task: (
                busy[task.owner],
                self._owner_served.get(task.owner, 0.0),
                self._run_served.get(task.run_id, 0.0),
                task.number,
            ),
        )
        now = time.monotonic()
        self._owner_served[chosen.owner] = self._run_served[chosen.run_id] = now
        return chosen

    def to_preempt(self, waiting: Sequence[Task], room: int) -> list[str]:
        """The runs to preempt now: one for each waiting owner of whom nothing is computed."""
        busy = self.computing()
        owners = {
            task.owner for task in waiting if not busy[task.owner] and (room > 0 or task.run_id in self)
        }
        coming = sum(life.preempted and life.computes for life in self.values())
        chosen: list[str] = []
        while len(chosen) < len(owners) - coming:
            able = [run_id for run_id, life in self.items() if life.can_be_preempted and run_id not in chosen]
            if not able:
                break
            chosen.append(max(able, key=lambda run_id: (busy[self[run_id].owner], -self[run_id].began)))
            busy[self[chosen[-1]].owner] -= 1
        return chosen

    def longest_paused(self, kept: int) -> list[str]:
        """The runs that a person paused, but for the `kept` that were paused last."""
        paused = [
            (life.paused_at, run_id) for run_id, life in self.items() if life.paused_at and life.told_to_pause
        ]
        return [run_id for _, run_id in sorted(paused)[:-kept]]

    def forget(self, run_id: str) -> None:
        """Free what is kept of a run that is over."""
        self.pop(run_id, None)
        self._run_served.pop(run_id, None)
