"""The tables of parts: every entry has its words, and does what its formula says."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional

from lab.parts.augmentations import AUGMENTATIONS
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.layers import LAYERS, Layer, LayerMisfit
from lab.parts.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Hinge, SquaredError
from lab.parts.optimizers import LOWEST_EPSILON, LOWEST_RATE, OPTIMIZERS
from lab.parts.schedules import SCHEDULES, Cosine, Exponential, OneCycle, StepDecay, WarmUp
from lab.registry import Part
from tests.support.parts import part

TABLES: dict[str, Mapping[str, type[Part]]] = {
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "initialisations": INITIALISATIONS,
    "augmentations": AUGMENTATIONS,
}
ENTRIES = [(name, kind) for name, parts in TABLES.items() for kind in parts]


@pytest.mark.parametrize(("name", "kind"), ENTRIES)
def test_every_part_has_its_words_and_bounded_fields(name: str, kind: str) -> None:
    entry = TABLES[name][kind]
    assert part(TABLES[name], kind) == entry(kind=kind)
    assert entry.title
    assert entry.summary.endswith(".")
    assert entry.formula
    for field_name, field in entry.model_fields.items():
        if field_name != "kind":
            assert field.title, field_name
            assert field.description, field_name


@pytest.mark.parametrize("kind", list(LAYERS))
@pytest.mark.parametrize("shape", [(1, 28, 28), (16, 64), (32,)])
def test_a_layer_fits_or_says_why_not_and_its_fix_helps(kind: str, shape: tuple[int, ...]) -> None:
    layer = part(LAYERS, kind)
    assert isinstance(layer, Layer)
    try:
        module = layer.build(shape)
    except LayerMisfit as misfit:
        assert misfit.reason
        assert misfit.fix is not None
        stack = misfit.fix.applied((layer,), 0)
        for fitted in stack:
            with torch.device("meta"):
                shape = tuple(fitted.build(shape)(torch.empty(2, *shape)).shape[1:])
        return
    assert module(torch.zeros(2, *shape)).shape[0] == 2


def test_losses_equal_torchs_own() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(7, 10, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, 10, (7,), generator=generator)
    one_hot = functional.one_hot(labels, 10).double()
    expected = {
        CrossEntropy(label_smoothing=0.1): functional.cross_entropy(logits, labels, label_smoothing=0.1),
        SquaredError(): 0.5 * functional.mse_loss(logits, one_hot, reduction="sum") / 7,
        BinaryCrossEntropy(): functional.binary_cross_entropy_with_logits(logits, one_hot, reduction="sum")
        / 7,
        Hinge(margin=0.5): functional.multi_margin_loss(logits, labels, margin=0.5),
    }
    for loss, value in expected.items():
        torch.testing.assert_close(loss.function()(logits, labels), value)


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_every_optimizer_is_taken_by_torch_with_its_options(kind: str) -> None:
    chosen = part(OPTIMIZERS, kind)
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = getattr(torch.optim, chosen.torch_name)([weight], **chosen.options())
    for _ in range(12):  # RAdam only starts to adapt after a few steps
        optimizer.zero_grad()
        weight.square().sum().backward()
        optimizer.step()
    assert weight.detach().square().sum() < 3


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_the_smallest_rate_and_epsilon_are_steps_and_no_zeros_in_float32(kind: str) -> None:
    part = OPTIMIZERS[kind]
    least: dict[str, Any] = {"lr": LOWEST_RATE}
    if "eps" in part.model_fields:
        least["eps"] = LOWEST_EPSILON
    for value in least.values():
        assert torch.tensor(value, dtype=torch.float32) >= torch.finfo(torch.float32).tiny
    for name, value in least.items():
        with pytest.raises(ValidationError):
            part.model_validate({name: value / 10})
    weight = torch.nn.Parameter(torch.zeros(3))  # whose gradient is zero: 0 / epsilon must stay a number
    optimizer = getattr(torch.optim, part.torch_name)([weight], **part.model_validate(least).options())
    for _ in range(12):
        optimizer.zero_grad()
        weight.square().sum().backward()
        optimizer.step()
    assert weight.isfinite().all()


def test_schedules_equal_torchs_own() -> None:
    per_epoch, epochs = 10, 6
    cases = {
        StepDecay(every=2, gamma=0.5): (torch.optim.lr_scheduler.StepLR, {"step_size": 20, "gamma": 0.5}),
        Exponential(gamma=0.5): (torch.optim.lr_scheduler.ExponentialLR, {"gamma": 0.5 ** (1 / per_epoch)}),
        Cosine(): (torch.optim.lr_scheduler.CosineAnnealingLR, {"T_max": per_epoch * epochs}),
        OneCycle(): (
            torch.optim.lr_scheduler.OneCycleLR,
            {"max_lr": 0.3, "total_steps": per_epoch * epochs, "cycle_momentum": False},
        ),
    }
    for schedule, (kind, options) in cases.items():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.3)
        theirs = kind(optimizer, **options)
        for step in range(per_epoch * epochs):
            mine = 0.3 * schedule.factor(step, per_epoch, epochs)
            assert mine == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6, abs=1e-9), (
                schedule,
                step,
            )
            optimizer.step()
            if step + 1 < per_epoch * epochs:  # torch's one-cycle counts its own steps
                theirs.step()


def test_a_warm_up_rises_by_equal_parts_and_no_step_is_taken_at_rate_zero() -> None:
    factors = [WarmUp(epochs_rising=0.5).factor(step, 8, 2) for step in range(16)]
    assert factors == [0.25, 0.5, 0.75, *[1.0] * 13]
    assert all(Cosine(final=0.0).factor(step, 8, 2) > 0 for step in range(16))


@pytest.mark.parametrize("kind", list(SCHEDULES))
@pytest.mark.parametrize(("per_epoch", "epochs"), [(1, 1), (1, 3), (600, 10)])
def test_a_schedule_is_a_share_of_the_rate_at_every_step(kind: str, per_epoch: int, epochs: int) -> None:
    factors = [part(SCHEDULES, kind).factor(step, per_epoch, epochs) for step in range(per_epoch * epochs)]
    assert all(math.isfinite(factor) and 0 <= factor <= 1 for factor in factors)


@pytest.mark.parametrize("kind", list(INITIALISATIONS))
def test_every_initialisation_is_the_generators(kind: str) -> None:
    def drawn() -> torch.Tensor:
        weight = torch.nn.Linear(30, 20).weight
        part(INITIALISATIONS, kind).fill(weight, torch.Generator().manual_seed(3))
        return weight.detach()

    torch.testing.assert_close(drawn(), drawn(), rtol=0, atol=0)
