"""The samples of a run: which images it trains on, which it is watched with, in which order.

Owns subset, validation split, label noise and the order of each epoch; each is drawn from the run's seed
by a generator of its own, so that changing one leaves the others as they were. Copies no image on the CPU.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lab.data.dataset import CLASSES, Dataset
from lab.parts.normalisation import NORMALISATIONS
from lab.spec import DataSpec
from lab.training.epochs import held_back, steps_per_epoch

PROBE_SIZE = 3_000


def generator_for(seed: int, key: str, number: int = 0) -> torch.Generator:
    """A generator that depends on the seed, on a key of what it is for and on a number, and on nothing else."""
    digest = hashlib.sha256(f"{seed}/{key}/{number}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """What a run learns from and is tested on, on its device.

    Shapes: images (N, 28, 28) uint8, labels (N,) int64 with the label noise in them; train and validation
    hold indices into them, probe the training samples that each epoch's training accuracy is taken on.
    """

    images: Tensor
    labels: Tensor
    train: Tensor
    validation: Tensor
    probe: Tensor
    test_images: Tensor
    test_labels: Tensor


def draw_samples(spec: DataSpec, seed: int, data: Dataset, device: torch.device) -> Samples:
    """The samples of a run. A subset smaller than the data set is drawn at random, like the split."""
    total = len(data.train_labels)
    drawn = torch.randperm(total, generator=generator_for(seed, "subset"))[: min(spec.train_samples, total)]
    validation = held_back(spec, len(drawn))
    train = drawn[validation:].sort().values
    labels = _tensor(data.train_labels).long()
    if spec.label_noise:
        labels = _noisy(labels, train, spec.label_noise, generator_for(seed, key="label noise"))
    order = torch.randperm(len(train), generator=generator_for(seed, "probe"))
    return Samples(
        images=_tensor(data.train_images).to(device),
        labels=labels.to(device),
        train=train,
        validation=drawn[:validation].sort().values,
        probe=train[order[:PROBE_SIZE]],
        test_images=_tensor(data.test_images).to(device),
        test_labels=_tensor(data.test_labels).long().to(device),
    )


def epoch_order(train: Tensor, batch_size: int, seed: int, epoch: int) -> Tensor:
    """The training samples in the order of one epoch.

    A last batch of a single sample is left out: normalisation over a batch cannot take it.
    """
    order = train[torch.randperm(len(train), generator=generator_for(seed, "epoch", epoch))]
    return order[: steps_per_epoch(len(train), batch_size) * batch_size]


class Prepare:
    """From bytes to what the network takes, by the run's normalisation.

    Shapes: (N, 28, 28) uint8 -> (N, 1, 28, 28) float32.
    """

    def __init__(self, normalisation: str) -> None:
        # One multiplication and one addition say the same as normalising p / 255.
        normalise = NORMALISATIONS[normalisation]
        shift = float(normalise(0.0))
        self._scale = (float(normalise(1.0)) - shift) / 255
        self._shift = torch.tensor(shift)  # a tensor, so that both are done in one pass

    def __call__(self, images: Tensor, out: Tensor | None = None) -> Tensor:
        """The network's input; written into `out` where it is given."""
        shaped = images.unsqueeze(1)
        inputs = shaped.float() if out is None else out.copy_(shaped)
        return torch.add(self._shift, inputs, alpha=self._scale, out=inputs)


def _noisy(labels: Tensor, train: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Exactly that share of the training labels, each replaced by a random other one."""
    chosen = train[torch.randperm(len(train), generator=generator)[: round(share * len(train))]]
    others = torch.randint(1, CLASSES, (len(chosen),), generator=generator)
    noisy = labels.clone()
    noisy[chosen] = (labels[chosen] + others) % CLASSES
    return noisy


def _tensor(array: Any) -> Tensor:
    with warnings.catch_warnings():
        # The bytes are mapped read-only and shared by all runs; nothing here writes to them.
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
