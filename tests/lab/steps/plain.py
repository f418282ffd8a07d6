"""Networks, batches that look like digits, and the loop that every tutorial shows: the oracle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.network.build import build_network
from lab.parts.layers import (
    AnyLayer,
    AvgPool,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    GlobalPool,
    LayerNorm,
    Linear,
    MaxPool,
    PatchEmbedding,
    Recurrent,
    Residual,
    Transformer,
)
from lab.spec import NetworkSpec
from lab.steps import Step, make_step
from lab.training.samples import Prepare

PREPARE = Prepare("half")
OUT = Linear(units=10, activation="identity")
NETWORKS: dict[str, tuple[AnyLayer, ...]] = {
    "softmax regression": (Flatten(), OUT),
    "MLP": (Flatten(), Linear(units=32), Linear(units=16), OUT),
    "MLP with dropout": (Flatten(), Linear(units=32), Dropout(p=0.3), Linear(units=16), Dropout(p=0.5), OUT),
    "normalised MLP": (Flatten(), Linear(units=24), BatchNorm(activation="relu"), LayerNorm(), OUT),
    "CNN": (Conv2d(channels=4), MaxPool(), Conv2d(channels=6, kernel=5), AvgPool(), Flatten(), OUT),
    "overlapping pools": (Conv2d(channels=3), MaxPool(kernel=3, stride=2), AvgPool(kernel=3, stride=1), Flatten(), OUT),
    "residual CNN": (Conv2d(channels=4, stride=2), BatchNorm(), Residual(channels=8, stride=2), GlobalPool(), OUT),
    "largest of each map": (Conv2d(channels=4, stride=2, activation="tanh"), GlobalPool(mode="max"), OUT),
    "RNN": (Recurrent(cell="rnn", units=12), OUT),
    "LSTM": (Recurrent(cell="lstm", units=12), OUT),
    "GRU": (Recurrent(cell="gru", units=12), OUT),
    "stacked LSTM": (Recurrent(units=8, output="sequence"), Recurrent(units=8), OUT),
    "transformer": (PatchEmbedding(width=16), Transformer(dropout=0.1), GlobalPool(), OUT),
}  # fmt: skip


def network_of(name: str) -> nn.Module:
    """The same network, with the same weights, at each call."""
    return build_network(NetworkSpec(layers=NETWORKS[name]), torch.Generator().manual_seed(7))


def batches(count: int, size: int = 20) -> list[tuple[Tensor, Tensor]]:
    """Batches that look like digits: mostly paper, some ink, labels that the ink depends on."""
    made = torch.Generator().manual_seed(11)
    labels = [torch.randint(0, 10, (size,), generator=made) for _ in range(count)]
    ink = [torch.randint(0, 256, (size, 28, 28), generator=made, dtype=torch.uint8) for _ in range(count)]
    rows = torch.arange(28)
    return [
        (i * ((rows // 3)[None, :, None] == y[:, None, None]), y) for i, y in zip(ink, labels, strict=True)
    ]


def plain(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: list[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor] = functional.cross_entropy,
    clip_norm: float = 0.0,
    l1: float = 0.0,
) -> list[float]:
    """The losses of the loop that every tutorial shows: the oracle."""
    losses = []
    for images, labels in data:
        optimizer.zero_grad()
        value = loss(network(PREPARE(images)), labels)
        penalty = sum((p.abs().sum() for p in network.parameters() if p.dim() >= 2), torch.zeros(()))
        (value + l1 * penalty if l1 else value).backward()
        if clip_norm:
            nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
        optimizer.step()
        losses.append(value.item())
    return losses


def sgd(network: nn.Module, lr: float = 0.05) -> torch.optim.Optimizer:
    return torch.optim.SGD(network.parameters(), lr=lr, momentum=0.9)


def step_of(network: nn.Module, **options: object) -> Step:
    return make_step(network, functional.cross_entropy, sgd(network), prepare=PREPARE, **options)  # type: ignore[arg-type]


def trained(step: Step, data: list[tuple[Tensor, Tensor]]) -> list[float]:
    for images, labels in data:
        step(images, labels)
    return step.fetch_losses()


def assert_same(one: nn.Module, other: nn.Module, **tolerance: float) -> None:
    theirs = other.state_dict()
    for name, tensor in one.state_dict().items():
        torch.testing.assert_close(
            tensor,
            theirs[name],
            rtol=tolerance.get("rtol"),
            atol=tolerance.get("atol"),
            msg=partial("{}: {}".format, name),
        )


def trained_as_plain(name: str, count: int, **tolerance: float) -> Step:
    """A step that trained a network on so many batches and gave the losses and weights of plain torch."""
    data, theirs, ours = batches(count), network_of(name), network_of(name)
    expected = plain(theirs, sgd(theirs, 0.01), data)
    torch.manual_seed(5)
    step = step_of(ours)
    step.lr = 0.01
    assert trained(step, data) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert_same(ours, theirs, **tolerance)
    return step
