"""Events as a run tells them, and how the runner writes them down."""

from __future__ import annotations

from lab.events import (
    EpochDone,
    Event,
    Finished,
    StepsDone,
)
from lab.presets import preset
from lab.runs.journal import Journal

SPEC = preset("softmax")


def steps(step: int, *losses: float) -> StepsDone:
    return StepsDone(step, losses, 0.1, 1000.0, 0.5)


def write(record: Journal, run_id: str, *events: Event) -> None:
    with record.transaction():
        for event in events:
            record.event(run_id, event)


def epoch(number: int, train: float, validation: float | None) -> EpochDone:
    return EpochDone(number, number * 10, 0.3, train, None, validation, 1.0, 1000.0, 0.1)


def finished(step: int, accuracy: float) -> Finished:
    return Finished(step, accuracy, 0.9, 0.95, 0.2, ((1, 0), (0, 1)), 3.0, (1.0,), 1000.0)
