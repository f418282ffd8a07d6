"""A recorded batch replayed on others; one of another size goes the plain way."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from lab.steps.captured import CapturedStep
from lab.steps.eager import EagerGradients
from lab.steps.update import Update
from tests.lab.steps.plain import PREPARE, batches, network_of, sgd


def captured(limit_bytes: int = 1 << 29) -> tuple[CapturedStep, EagerGradients, nn.Module]:
    network = network_of("MLP")
    update = Update(network, sgd(network), 0.0, 0.0)
    eager = EagerGradients(network, functional.cross_entropy, PREPARE, update)
    return CapturedStep(eager, update, limit_bytes), eager, network


@pytest.mark.parametrize("size", [20, 7])
def test_a_batch_of_any_size_gives_the_gradients_of_the_plain_way(size: int) -> None:
    step, ours, network = captured()
    _, theirs, other = captured()
    step.rehearse(*batches(1)[0])
    assert step.state == "captured"
    for images, labels in batches(3, size):
        other.load_state_dict(network.state_dict())
        torch.testing.assert_close(step(images, labels), theirs(images, labels))
        for got, wanted in zip(ours.targets(), theirs.targets(), strict=True):
            torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-6)


def test_a_batch_that_holds_too_much_goes_the_plain_way_and_says_so() -> None:
    step, _, _ = captured(limit_bytes=1000)
    step.rehearse(*batches(1)[0])
    assert step.state.startswith("eager: a batch passes through more than")
    assert step(*batches(1)[0]).isfinite()
