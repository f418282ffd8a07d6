"""How good a network is on labelled images: loss, accuracy with its interval, confusion matrix.

Owns evaluation in large batches. Changes nothing: no weight, no running statistic, no random number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lab.data.dataset import CLASSES


@dataclass(frozen=True)
class Evaluation:
    """What a network does on labelled samples.

    Shapes: confusion (10, 10), rows are labels, columns predictions.
    """

    loss: float
    confusion: tuple[tuple[int, ...], ...]

    @property
    def correct(self) -> int:
        """How many samples got their label."""
        return sum(self.confusion[k][k] for k in range(CLASSES))

    @property
    def total(self) -> int:
        """How many samples there were."""
        return sum(map(sum, self.confusion))

    @property
    def accuracy(self) -> float:
        """The share of samples that got their label."""
        return self.correct / max(1, self.total)


def wilson_interval(correct: int, total: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The interval in which the true share lies, 95 % of the time.

    Source: Wilson 1927, Journal of the American Statistical Association 22
    """
    if total == 0:
        return 0.0, 1.0
    share, squared = correct / total, z * z
    centre = (share + squared / (2 * total)) / (1 + squared / total)
    half = z / (1 + squared / total) * math.sqrt(share * (1 - share) / total + squared / (4 * total**2))
    # At the ends the interval closes exactly; rounding would leave a last digit.
    return 0.0 if correct == 0 else centre - half, 1.0 if correct == total else centre + half


@torch.no_grad()
def evaluate(
    network: nn.Module,
    prepare: Callable[[Tensor], Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
    images: Tensor,
    labels: Tensor,
    batch_size: int = 250,
) -> Evaluation:
    """The loss and the confusion matrix over all samples; leaves the network in the mode it was in.

    Shapes: images (N, 28, 28) uint8, labels (N,) int64, on the network's device.
    """
    was_training = network.training
    network.eval()
    total = torch.zeros((), device=labels.device)
    confusion = torch.zeros(CLASSES * CLASSES, dtype=torch.int64, device=labels.device)
    for some, right in zip(torch.split(images, batch_size), torch.split(labels, batch_size), strict=True):
        logits = network(prepare(some))
        total += loss(logits, right) * len(right)
        confusion += torch.bincount(right * CLASSES + logits.argmax(1), minlength=CLASSES * CLASSES)
    network.train(was_training)
    rows = confusion.view(CLASSES, CLASSES).tolist()
    return Evaluation(float(total) / max(1, len(labels)), tuple(tuple(row) for row in rows))
