"""Layers over vectors."""

from __future__ import annotations

import pytest
import torch

from lab.parts.layers.base import LayerMisfit
from lab.parts.layers.dense import Flatten, Linear


def test_a_linear_layer_is_the_product_the_bias_and_the_activation() -> None:
    module = Linear(units=3, activation="relu").build((5,))
    weight, bias = module.get_parameter("linear.weight"), module.get_parameter("linear.bias")
    x = torch.randn(4, 5)
    torch.testing.assert_close(module(x), (x @ weight.t() + bias).clamp(min=0))


def test_over_a_sequence_it_treats_each_token_alike() -> None:
    module = Linear(units=3, activation="identity").build((7, 5))
    x = torch.randn(2, 7, 5)
    torch.testing.assert_close(module(x)[:, 2], module(x[:, 2]))


def test_an_image_is_flattened_first() -> None:
    with pytest.raises(LayerMisfit, match="needs a vector but gets an image of 3 × 4 × 5") as caught:
        Linear().build((3, 4, 5))
    assert caught.value.fix is not None
    assert caught.value.fix.applied((Linear(),), 0) == (Flatten(), Linear())
    assert Flatten().build((3, 4, 5))(torch.zeros(2, 3, 4, 5)).shape == (2, 60)
