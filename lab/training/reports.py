"""The events at the ends of things: a run begun, an epoch done, a run finished.

Owns what they are filled with. Changes nothing.
"""

from __future__ import annotations

from lab.events import EpochDone, Finished, Started
from lab.machine.device import device_facts
from lab.machine.memory import memory_used_mb
from lab.training.checkpoint import Progress
from lab.training.evaluate import Evaluation, wilson_interval
from lab.training.learner import Learner


def started(learner: Learner, progress: Progress) -> Started:
    """What a run begins with."""
    samples = learner.samples
    device, cores = device_facts(learner.device)
    return Started(
        device=device,
        cores=cores,
        dataset=learner.data.name,
        train_samples=len(samples.train),
        validation_samples=len(samples.validation),
        test_samples=len(samples.test_labels),
        parameters=sum(parameter.numel() for parameter in learner.network.parameters()),
        steps_per_epoch=learner.steps_per_epoch,
        epochs=learner.spec.train.epochs,
        batch_size=learner.batch_size,
        step=progress.step,
        memory_mb=round(memory_used_mb(learner.device), 1),
        notes=tuple(learner.notes),
    )


def epoch_done(
    learner: Learner,
    progress: Progress,
    learning_rate: float,
    on_train: Evaluation,
    on_validation: Evaluation | None,
) -> EpochDone:
    """What the epoch that has just ended came to."""
    epoch_s = progress.epoch_s[-1]
    return EpochDone(
        epoch=progress.epoch,
        step=progress.step,
        train_loss=on_train.loss,
        train_accuracy=on_train.accuracy,
        validation_loss=on_validation.loss if on_validation else None,
        validation_accuracy=on_validation.accuracy if on_validation else None,
        epoch_s=round(epoch_s, 4),
        samples_per_s=round(learner.samples_per_epoch / max(epoch_s, 1e-9), 1),
        learning_rate=learning_rate,
    )


def finished(learner: Learner, progress: Progress, patience: int) -> Finished:
    """What a run came to, tested on images it has never seen."""
    early = progress.stops_early(patience)
    test = learner.on_test()
    low, high = wilson_interval(test.correct, test.total)
    trained = learner.samples_per_epoch * len(progress.epoch_s)
    return Finished(
        step=progress.step,
        test_accuracy=test.accuracy,
        test_low=low,
        test_high=high,
        test_loss=test.loss,
        confusion=test.confusion,
        elapsed_s=round(progress.elapsed_s, 4),
        epoch_s=tuple(round(seconds, 4) for seconds in progress.epoch_s),
        samples_per_s=round(trained / max(sum(progress.epoch_s), 1e-9), 1),
        ended_by="patience" if early else "epochs",
        best_epoch=progress.best_epoch if early else 0,
        patience=patience if early else 0,
    )
