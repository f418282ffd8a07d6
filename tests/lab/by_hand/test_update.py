"""The update rules against torch.optim, over several steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.offered import RULES
from lab.by_hand.script import torch_optimizer
from lab.by_hand.update import HandOptimizer, Point, advanced, start

SMOOTH = replace(DOCUMENT, hidden="tanh", output="sigmoid", loss="bce")


def steps(example: Example, optimizer: HandOptimizer, count: int) -> Point:
    point = start(example)
    for _ in range(count):
        following = advanced(point, optimizer)
        assert following is not None
        point = following
    return point


def by_torch(example: Example, optimizer: HandOptimizer, count: int) -> list[torch.Tensor]:
    weights = [torch.tensor(rows, dtype=torch.float64, requires_grad=True) for rows in example.weights]
    biases = [torch.tensor(row, dtype=torch.float64, requires_grad=True) for row in example.biases]
    parameters = [*weights, *biases]
    stepper = eval(torch_optimizer(optimizer), {"torch": torch, "parameters": parameters})
    y = torch.tensor(example.y, dtype=torch.float64)
    for _ in range(count):
        stepper.zero_grad()
        hidden = torch.tanh(weights[0] @ torch.tensor(example.x, dtype=torch.float64) + biases[0])
        output = torch.sigmoid(weights[1] @ hidden + biases[1])
        torch.nn.functional.binary_cross_entropy(output, y, reduction="sum").backward()
        stepper.step()
    return parameters


CHANGES = {
    "sgd": (("weight_decay", 0.1),),
    "momentum": (("momentum", 0.7), ("weight_decay", 0.05)),
    "nesterov": (("momentum", 0.8),),
    "adam": (("beta1", 0.8), ("beta2", 0.95), ("weight_decay", 0.02)),
    "adamw": (("weight_decay", 0.1),),
    "rmsprop": (("alpha", 0.9), ("weight_decay", 0.01)),
    "adagrad": (("weight_decay", 0.01),),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("changed", [False, True], ids=["defaults", "options"])
def test_five_steps_by_hand_equal_five_steps_of_torch(name: str, changed: bool) -> None:
    optimizer = HandOptimizer(name, 0.05, CHANGES[name] if changed else ())
    ours = steps(SMOOTH, optimizer, 5).trace.example
    w1, w2, b1, b2 = by_torch(SMOOTH, optimizer, 5)
    for mine, theirs in zip((*ours.weights, *ours.biases), (w1, w2, b1, b2), strict=True):
        torch.testing.assert_close(
            torch.tensor(mine, dtype=torch.float64), theirs.data, rtol=1e-9, atol=1e-10
        )


def test_a_step_downhill_lowers_the_loss_of_the_document() -> None:
    after = steps(DOCUMENT, HandOptimizer(), 1).trace.loss
    assert after is not None
    assert after < 0.1685


def test_a_diverging_step_ends_the_training_instead_of_overflowing() -> None:
    point: Point | None = start(replace(DOCUMENT, hidden="identity", output="identity"))
    for _ in range(200):
        following = advanced(point, HandOptimizer("sgd", 100.0)) if point else None
        if following is None:
            break
        point = following
    assert following is None
