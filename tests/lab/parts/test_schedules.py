"""Schedules are torch's own, as shares of the rate."""

import math

import pytest
import torch

from lab.parts.schedules import SCHEDULES, Cosine, Exponential, OneCycle, StepDecay, WarmUp
from tests.support.parts import part


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
