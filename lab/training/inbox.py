"""What a run is told between two steps.

Owns what it was told and not yet done. Knows neither network nor data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from lab.events import Message, SetLearningRate, StepOnce
from lab.parts.optimizers import HIGHEST_RATE, LOWEST_RATE

LOOK_S = 0.02

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
