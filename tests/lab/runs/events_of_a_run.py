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
    return StepsDone(step=step, losses=losses, learning_rate=0.1, samples_per_s=1000.0, elapsed_s=0.5)


def write(record: Journal, run_id: str, *events: Event) -> None:
    with record.transaction():
        for event in events:
            record.event(run_id, event)


def epoch(number: int, train: float, validation: float | None) -> EpochDone:
    return EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=0.3,
        train_accuracy=train,
        validation_loss=None,
        validation_accuracy=validation,
        epoch_s=1.0,
        samples_per_s=1000.0,
        learning_rate=0.1,
    )


def finished(step: int, accuracy: float) -> Finished:
    return Finished(
        step=step,
        test_accuracy=accuracy,
        test_low=0.9,
        test_high=0.95,
        test_loss=0.2,
        confusion=((1, 0), (0, 1)),
        elapsed_s=3.0,
        epoch_s=(1.0,),
        samples_per_s=1000.0,
    )
