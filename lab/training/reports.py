"""The events at the ends of things: a run begun, an epoch done, a run finished.

Owns what they are filled with. Changes nothing.
"""

from __future__ import annotations

from lab.events import EpochDone, Finished, Started
from lab.machine.device import device_title
from lab.machine.memory import memory_used_mb
from lab.training.checkpoint import Progress
from lab.training.evaluate import Evaluation, wilson_interval
from lab.training.learner import Learner


def started(learner: Learner, progress: Progress) -> Started:
    """What a run begins with."""
    samples = learner.samples
    return Started(
        device_title(learner.device),
        learner.data.name,
        len(samples.train),
        len(samples.validation),
        len(samples.test_labels),
        sum(parameter.numel() for parameter in learner.network.parameters()),
        learner.steps_per_epoch,
        learner.spec.train.epochs,
        learner.batch_size,
        progress.step,
        round(memory_used_mb(learner.device), 1),
        learner.notice,
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
        progress.epoch,
        progress.step,
        on_train.loss,
        on_train.accuracy,
        on_validation.loss if on_validation else None,
        on_validation.accuracy if on_validation else None,
        round(epoch_s, 4),
        round(learner.samples_per_epoch / max(epoch_s, 1e-9), 1),
        learning_rate,
    )


def finished(learner: Learner, progress: Progress, reason: str) -> Finished:
    """What a run came to, tested on images it has never seen."""
    test = learner.on_test()
    low, high = wilson_interval(test.correct, test.total)
    trained = learner.samples_per_epoch * len(progress.epoch_s)
    return Finished(
        progress.step,
        test.accuracy,
        low,
        high,
        test.loss,
        test.confusion,
        round(progress.elapsed_s, 4),
        tuple(round(seconds, 4) for seconds in progress.epoch_s),
        round(trained / max(sum(progress.epoch_s), 1e-9), 1),
        reason,
    )
