"""One buffer for all parameters holds what the parameters held, and they are views of it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lab.steps.flat import FlatParameters, can_be_flat


def network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(2, 3, 5), nn.Flatten(), nn.Linear(7, 4), nn.Linear(1, 1))


def test_the_parameters_keep_their_values_and_shapes() -> None:
    module = network()
    before = [parameter.detach().clone() for parameter in module.parameters()]
    FlatParameters(module.parameters())
    for parameter, value in zip(module.parameters(), before, strict=True):
        assert torch.equal(parameter, value)


def test_what_is_done_to_the_buffer_is_done_to_every_parameter_and_gradient() -> None:
    module = network()
    flat = FlatParameters(module.parameters())
    with torch.no_grad():
        flat.values.fill_(2.0)
        flat.gradients.fill_(3.0)
    for parameter in module.parameters():
        assert parameter.grad is not None
        assert (parameter == 2).all()
        assert (parameter.grad == 3).all()


def test_no_two_parameters_share_a_number_and_each_begins_at_a_cache_line() -> None:
    module = network()
    flat = FlatParameters(module.parameters())
    for index, view in enumerate(flat.views(flat.values)):
        with torch.no_grad():
            view.fill_(index + 1)
        assert view.data_ptr() % 64 == flat.values.data_ptr() % 64
    counts = [int((flat.values == index + 1).sum()) for index in range(len(flat.parameters))]
    assert counts == [parameter.numel() for parameter in module.parameters()]


def test_the_mask_is_one_at_weights_alone() -> None:
    module = network()
    flat = FlatParameters(module.parameters())
    mask = flat.weights_mask()
    assert int(mask.sum()) == sum(p.numel() for p in module.parameters() if p.dim() >= 2)
    assert not any(view.any() for view in flat.views(mask) if view.dim() < 2)


@pytest.mark.parametrize("odd", [nn.Parameter(torch.ones(2).double()), nn.Parameter(torch.ones(2), False)])
def test_parameters_of_two_types_or_frozen_ones_cannot_be_flat(odd: nn.Parameter) -> None:
    assert can_be_flat(network().parameters())
    assert not can_be_flat([*network().parameters(), odd])
