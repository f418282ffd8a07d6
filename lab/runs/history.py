"""What happened in a run so far, in the form that figures and sentences need.

Owns folding events into curves of bounded length. Knows no store, no figure and no page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    LearningRateChanged,
    Paused,
    Resumed,
    Snapshot,
    Started,
    StepsDone,
)

BUCKETS = 200  # two points each, lowest and highest: no peak is lost, and no curve has more than 400 points
SNAPSHOTS = 200
SMOOTHING = 0.03  # how far the smoothed value follows each new one, once a run has some steps behind it
EAGER = 5  # steps; it begins as the mean of about the last fifth, for a loss falls fastest at the start


@dataclass
class Curve:
    """A value per step, kept as the lowest, the highest and the smoothed value of each block of steps.

    `first` is the value of the first step, as it was.
    """

    stride: int = 1
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    smooth: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    first: float = math.nan
    _filled: int = 0
    _mean: float = 0.0
    _lagged: float = 0.0
    _least: float = math.inf
    _seen: int = 0

    def add(self, first_step: int, values: Iterable[float | None]) -> None:
        """Append one value per step, the first at `first_step`; not finite ones leave a gap."""
        for step, value in enumerate(values, first_step):
            if value is None or not math.isfinite(value):
                continue
            if not self._seen:
                self.first = value
            smooth = self._smoothed(value)
            if self._filled % self.stride == 0:
                self._open(step, value)
            else:
                self.low[-1], self.high[-1] = min(self.low[-1], value), max(self.high[-1], value)
            self.steps[-1], self.smooth[-1] = step, smooth
            self._filled += 1

    def _smoothed(self, value: float) -> float:
        """The moving mean after one more value, plus how far it lags behind, but no less than was ever seen."""
        follow = max(SMOOTHING, EAGER / (EAGER + self._seen))
        self._mean += follow * (value - self._mean)
        self._lagged += follow * (self._mean - self._lagged)
        self._seen += 1
        self._least = min(self._least, value)
        return max(2 * self._mean - self._lagged, self._least)

    def rewind(self, step: int) -> None:
        """Drop what came after `step`: an interrupted run goes on from its checkpoint."""
        while self.steps and self.steps[-1] > step:
            for values in (self.low, self.high, self.smooth, self.steps):
                values.pop()
        self._filled = len(self.steps) * self.stride

    def _open(self, step: int, value: float) -> None:
        if len(self.steps) >= BUCKETS:
            self.low = [min(pair) for pair in zip(self.low[::2], self.low[1::2], strict=True)]
            self.high = [max(pair) for pair in zip(self.high[::2], self.high[1::2], strict=True)]
            self.smooth, self.steps = self.smooth[1::2], self.steps[1::2]
            self.stride *= 2
            self._filled = len(self.steps) * self.stride
        for values in (self.low, self.high, self.smooth):
            values.append(value)
        self.steps.append(step)


@dataclass
class History:
    """A run's past: grows by `extend`, and is read by figures."""

    started: Started | None = None
    loss: Curve = field(default_factory=Curve)
    rates: list[tuple[int, float]] = field(default_factory=list)
    epochs: list[EpochDone] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    notes: list[LearningRateChanged | Resumed | Paused] = field(default_factory=list)
    finished: Finished | None = None
    failed: Failed | None = None
    step: int = 0
    samples_per_s: float = 0.0
    elapsed_s: float = 0.0
    memory_mb: float = 0.0

    def extend(self, events: Iterable[Event]) -> None:
        """Fold in what happened next."""
        for event in events:
            self._fold(event)

    @property
    def steps(self) -> int:
        """How many steps the whole run has, 0 before it has started."""
        return self.started.steps_per_epoch * self.started.epochs if self.started else 0

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest look into the network."""
        return self.snapshots[-1] if self.snapshots else None

    @property
    def chosen_rate(self) -> float | None:
        """The learning rate that a person set while it ran, before the schedule's factor."""
        changes = [note for note in self.notes if isinstance(note, LearningRateChanged)]
        return changes[-1].learning_rate if changes else None

    @property
    def taken_up(self) -> list[int]:
        """The steps of the checkpoints from which it went on after an interruption."""
        return [note.step for note in self.notes if isinstance(note, Resumed) and note.interrupted]

    @property
    def remaining_s(self) -> float | None:
        """Units: seconds until the last epoch ends at the present speed, None where that is unknown."""
        if self.started is None or self.samples_per_s <= 0 or self.finished or self.failed:
            return None
        return (self.steps - self.step) * self.started.batch_size / self.samples_per_s

    def _fold(self, event: Event) -> None:
        match event:
            case StepsDone():
                self.loss.add(event.step - len(event.losses) + 1, event.losses)
                self.step, self.samples_per_s = event.step, event.samples_per_s
                self.elapsed_s = event.elapsed_s
                self._note_rate(event.step, event.learning_rate)
            case EpochDone():
                self.epochs.append(event)
            case Snapshot():
                self._keep(event)
            case Started():
                self.started, self.memory_mb = event, event.memory_mb
                self._rewind(event.step)
            case LearningRateChanged() | Paused():
                self.notes.append(event)
            case Resumed():
                self.notes.append(event)
                self._rewind(event.step)
            case Finished():
                self.finished, self.step = event, event.step
            case Failed():
                self.failed, self.step = event, event.step

    def _note_rate(self, step: int, rate: float) -> None:
        self.rates.append((step, rate))
        if len(self.rates) > 2 * BUCKETS:
            self.rates = [*self.rates[:-1:2], self.rates[-1]]

    def _keep(self, snapshot: Snapshot) -> None:
        """Only the newest keeps its pictures; of the others every second goes when there are too many."""
        if self.snapshots:
            last = self.snapshots[-1]
            self.snapshots[-1] = Snapshot(step=last.step, layers=last.layers)
        self.snapshots.append(snapshot)
        self.memory_mb = snapshot.memory_mb or self.memory_mb
        if len(self.snapshots) > SNAPSHOTS:
            self.snapshots = [*self.snapshots[:-1:2], self.snapshots[-1]]

    def _rewind(self, step: int) -> None:
        self.step, self.finished, self.failed = step, None, None
        self.loss.rewind(step)
        self.notes = [note for note in self.notes if note.step <= step]
        self.rates = [(at, rate) for at, rate in self.rates if at <= step]
        self.epochs = [epoch for epoch in self.epochs if epoch.step <= step]
        self.snapshots = [snapshot for snapshot in self.snapshots if snapshot.step <= step]
