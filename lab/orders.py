"""What a run is told between two steps, and when it next has something to say.

Owns the inbox and the rhythm of reports. Knows neither network nor data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from lab.events import Message, SetLearningRate, StepOnce
from lab.optimizers import HIGHEST_RATE, LOWEST_RATE

FIRST_REPORT_S, REPORT_S = 0.03, 0.25
LOOK_S = 0.02
SNAPSHOT_S, SNAPSHOT_SHARE = 1.0, 0.015
CHECKPOINT_S, CHECKPOINT_SHARE = 2.0, 0.01

Inbox = Callable[[], Iterable[Message]]


class Orders:
    """What the run was told so far: whether to wait, to end, or to do a number of steps and then wait."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._next_look = 0.0
        self.paused = False
        self.stopping = False
        self.steps_left: int | None = None
        self.resumed = False
        self.learning_rate: float | None = None

    def look(self) -> bool:
        """Reads the inbox if it is time to; returns whether the run must do something other than train."""
        now = time.perf_counter()
        if now >= self._next_look or self.steps_left is not None:
            self._next_look = now + LOOK_S
            self.read()
        if self.steps_left == 0:
            self.paused, self.steps_left = True, None
        return self.paused or self.stopping or self.learning_rate is not None

    def read(self) -> None:
        """Takes in all messages that have come."""
        for message in self._inbox():
            if message.kind == "pause":
                self.paused, self.steps_left = True, None
            elif message.kind == "resume":
                self.resumed = self.resumed or self.paused
                self.paused, self.steps_left = False, None
            elif message.kind == "stop":
                self.stopping = True
            elif isinstance(message, StepOnce) and message.steps > 0:
                self.paused, self.steps_left = False, (self.steps_left or 0) + message.steps
            elif (
                isinstance(message, SetLearningRate) and LOWEST_RATE <= message.learning_rate <= HIGHEST_RATE
            ):
                self.learning_rate = message.learning_rate

    def step_done(self) -> None:
        """Counts one step of those asked for."""
        if self.steps_left is not None:
            self.steps_left -= 1

    def wait(self) -> bool:
        """Sleeps a moment and reads; returns whether there is still nothing to do."""
        time.sleep(LOOK_S)
        self.read()
        return self.paused and not self.stopping and self.learning_rate is None

    def taken_learning_rate(self) -> float | None:
        """The learning rate asked for since the last call."""
        rate, self.learning_rate = self.learning_rate, None
        return rate

    def taken_resumed(self) -> bool:
        """Whether a pause has ended since the last call."""
        resumed, self.resumed = self.resumed, False
        return resumed


class Rhythm:
    """When the next report, snapshot and checkpoint are due."""

    def __init__(self) -> None:
        now = time.perf_counter()
        self._snapshot, self._checkpoint = now + 2 * FIRST_REPORT_S, now + CHECKPOINT_S
        self._report = now

    def hurry(self) -> None:
        """Wants a report at once: somebody has just pressed a button."""
        self._report = time.perf_counter() + FIRST_REPORT_S

    def report_due(self) -> bool:
        """Whether the losses should be fetched."""
        return time.perf_counter() >= self._report

    def snapshot_due(self, last_of_epoch: bool) -> bool:
        """Whether the step to come should be looked at."""
        early = 0.8 * SNAPSHOT_S if last_of_epoch else 0.0
        return time.perf_counter() >= self._snapshot - early

    def checkpoint_due(self) -> bool:
        """Whether it is time to keep where the run stands."""
        return time.perf_counter() >= self._checkpoint

    def reported(self) -> None:
        """A report has just been given."""
        self._report = time.perf_counter() + REPORT_S

    def snapped(self, cost_s: float, elapsed_s: float) -> None:
        """A snapshot has just been taken. They become rarer in a long run, so that its record stays small,
        and never take a measurable share of its time."""
        self._snapshot = time.perf_counter() + max(SNAPSHOT_S, elapsed_s / 200, cost_s / SNAPSHOT_SHARE)

    def kept(self, cost_s: float) -> None:
        """A checkpoint has just been made."""
        self._checkpoint = time.perf_counter() + max(CHECKPOINT_S, cost_s / CHECKPOINT_SHARE)
