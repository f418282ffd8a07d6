"""Losses, optimizers, clipping and the learning rate do in a step what they do in plain torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional

from lab.parts.losses import LOSSES
from lab.parts.optimizers import OPTIMIZERS
from lab.steps import make_step
from tests.lab.steps.plain import PREPARE, assert_same, batches, network_of, plain, sgd, step_of, trained
from tests.support.parts import part


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_every_optimizer_moves_the_weights_as_torch_does(kind: str, weight_decay: float) -> None:
    spec = part(OPTIMIZERS, kind, weight_decay=weight_decay)
    rule = getattr(torch.optim, spec.torch_name)
    data, theirs, ours = batches(8), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, rule(theirs.parameters(), **spec.options()), data)
    optimizer = rule(ours.parameters(), **spec.options())
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert_same(ours, theirs, rtol=1e-3, atol=2e-4)


def test_nesterov_momentum_is_kept() -> None:
    data, theirs, ours = batches(6), network_of("MLP"), network_of("MLP")
    options: dict[str, Any] = {"lr": 0.05, "momentum": 0.8, "nesterov": True}
    expected = plain(theirs, torch.optim.SGD(theirs.parameters(), **options), data)
    optimizer = torch.optim.SGD(ours.parameters(), **options)
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4)


def test_a_rule_that_looks_at_whole_matrices_keeps_them_apart() -> None:
    data, theirs, ours = batches(4), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, torch.optim.Adafactor(theirs.parameters(), lr=0.01), data)
    optimizer = torch.optim.Adafactor(ours.parameters(), lr=0.01)
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4)
    assert step.capture == "captured"


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_is_captured(kind: str) -> None:
    loss = part(LOSSES, kind).function()
    data, theirs, ours = batches(6), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, sgd(theirs), data, loss)
    step = make_step(ours, loss, sgd(ours), prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert step.capture == "captured"


def test_label_smoothing_is_captured() -> None:
    loss = part(LOSSES, "cross_entropy", label_smoothing=0.2).function()
    data, theirs, ours = batches(6), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, sgd(theirs), data, loss)
    step = make_step(ours, loss, sgd(ours), prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4)
    assert step.capture == "captured"


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("kind", ["sgd", "rmsprop"])
def test_l1_and_clipping_do_what_the_textbook_does(kind: str, fast: bool) -> None:
    spec = part(OPTIMIZERS, kind, lr=0.01)
    rule = getattr(torch.optim, spec.torch_name)
    data, theirs, ours = batches(8), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, rule(theirs.parameters(), **spec.options()), data, clip_norm=0.5, l1=0.001)
    optimizer = rule(ours.parameters(), **spec.options())
    step = make_step(
        ours, functional.cross_entropy, optimizer, prepare=PREPARE, clip_norm=0.5, l1=0.001, fast=fast
    )
    assert trained(step, data) == pytest.approx(expected, rel=1e-3)
    assert_same(ours, theirs, rtol=1e-3, atol=1e-4)
    assert step.gradient_norm() > 0.5


@pytest.mark.parametrize("kind", ["sgd", "adamw", "adamax"])
def test_the_learning_rate_can_change_at_any_step(kind: str) -> None:
    spec = part(OPTIMIZERS, kind)
    rule = getattr(torch.optim, spec.torch_name)
    data, theirs, ours = batches(7), network_of("MLP"), network_of("MLP")
    oracle = rule(theirs.parameters(), **spec.options())
    step = make_step(
        ours, functional.cross_entropy, rule(ours.parameters(), **spec.options()), prepare=PREPARE
    )
    for index, batch in enumerate(data):
        rate = 0.1 / (index + 1) ** 2
        oracle.param_groups[0]["lr"] = step.lr = rate
        assert step.lr == pytest.approx(rate)
        expected = plain(theirs, oracle, [batch])
        assert trained(step, [batch]) == pytest.approx(expected, rel=1e-3)


def test_lbfgs_is_refused_with_the_reason() -> None:
    network = network_of("MLP")
    with pytest.raises(TypeError, match="LBFGS"):
        make_step(network, functional.cross_entropy, torch.optim.LBFGS(network.parameters()), prepare=PREPARE)


def test_frozen_layers_stay_as_they_are() -> None:
    network = network_of("MLP")
    frozen = next(network.parameters()).requires_grad_(False)
    before = frozen.clone()
    trained(step_of(network), batches(4))
    assert torch.equal(frozen, before)
