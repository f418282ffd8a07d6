"""How many samples and steps an epoch has: the engine's rule, which a page may ask before any image is read.

Knows no image and no torch.
"""

from __future__ import annotations

from lab.spec import DataSpec, RunSpec


def held_back(spec: DataSpec, drawn: int) -> int:
    """How many of the samples drawn are kept for validation; one at least is trained on."""
    return min(round(drawn * spec.validation_share), drawn - 1)


def trained_samples(spec: DataSpec, total: int) -> int:
    """How many samples a run trains on, of a data set with `total` training images."""
    drawn = min(spec.train_samples, total)
    return drawn - held_back(spec, drawn)


def steps_per_epoch(samples: int, batch_size: int) -> int:
    """How many batches an epoch has; the last one may be smaller, but is never a single sample."""
    alone = batch_size > 1 and samples > 1 and samples % batch_size == 1
    return max(1, -(-(samples - alone) // batch_size))


def planned_steps_per_epoch(spec: RunSpec, total: int) -> int:
    """How many batches each epoch of a run will have."""
    samples = trained_samples(spec.data, total)
    return steps_per_epoch(samples, min(spec.train.batch_size, samples))
