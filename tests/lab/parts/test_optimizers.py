"""Every optimizer is one of torch, with fields that it takes."""

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from lab.parts.optimizers import LOWEST_EPSILON, LOWEST_RATE, OPTIMIZERS
from tests.support.parts import part


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
