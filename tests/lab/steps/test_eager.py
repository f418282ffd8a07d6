"""The plain way leaves the gradients of autograd in every parameter, and nothing else changed."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from lab.steps.eager import EagerGradients
from lab.steps.update import Update
from tests.lab.steps.plain import PREPARE, batches, network_of, sgd


def eager_of(network: nn.Module) -> EagerGradients:
    return EagerGradients(network, functional.cross_entropy, PREPARE, Update(network, sgd(network), 0.0, 0.0))


def by_autograd(network: nn.Module) -> tuple[torch.Tensor, list[torch.Tensor]]:
    images, labels = batches(1)[0]
    loss = functional.cross_entropy(network(PREPARE(images)), labels)
    return loss, list(torch.autograd.grad(loss, list(network.parameters())))


def test_the_gradients_are_autograds_and_are_not_added_up() -> None:
    network = network_of("MLP")
    loss, expected = by_autograd(network_of("MLP"))
    eager = eager_of(network)
    for _ in range(2):
        assert torch.equal(eager(*batches(1)[0]), loss.detach())
    for got, wanted in zip(eager.targets(), expected, strict=True):
        torch.testing.assert_close(got, wanted)


def test_gradients_by_themselves_touch_no_grad() -> None:
    network = network_of("MLP")
    eager = eager_of(network)
    _, expected = by_autograd(network)
    _, found = eager.gradients(*batches(1)[0])
    for got, wanted in zip(found, expected, strict=True):
        torch.testing.assert_close(got, wanted)
    assert not any(target.any() for target in eager.targets())


def test_untouched_puts_generators_and_running_means_back_even_after_an_error() -> None:
    network = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(784), nn.Dropout(), nn.Linear(784, 10))
    eager = eager_of(network)
    means = [buffer.clone() for buffer in network.buffers()]
    before = torch.get_rng_state()
    try:
        with eager.untouched():
            eager(*batches(1)[0])
            raise KeyError
    except KeyError:
        pass
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(now, then) for now, then in zip(network.buffers(), means, strict=True))
