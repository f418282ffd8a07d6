"""Layers that steady training."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from lab.parts.layers.base import LayerMisfit
from lab.parts.layers.regularise import BatchNorm, Dropout, LayerNorm


@pytest.mark.parametrize("shape", [(6,), (3, 5, 5)])
def test_batch_norm_brings_every_channel_to_mean_0_and_variance_1(shape: tuple[int, ...]) -> None:
    x = 3 + 2 * torch.randn(64, *shape)
    made = BatchNorm().build(shape)(x).transpose(0, 1).flatten(1)
    torch.testing.assert_close(made.mean(1), torch.zeros(shape[0]), rtol=0, atol=1e-5)
    torch.testing.assert_close(made.var(1, unbiased=False), torch.ones(shape[0]), rtol=0, atol=1e-3)


def test_over_a_sequence_layer_norm_is_offered_instead() -> None:
    with pytest.raises(LayerMisfit, match="not sequences") as caught:
        BatchNorm().build((7, 4))
    assert caught.value.fix is not None
    assert caught.value.fix.layer == LayerNorm()


@pytest.mark.parametrize(("shape", "over"), [((6,), (6,)), ((3, 5, 5), (3, 5, 5)), ((7, 4), (4,))])
def test_layer_norm_is_over_the_features_of_one_sample(shape: tuple[int, ...], over: tuple[int, ...]) -> None:
    x = torch.randn(2, *shape)
    torch.testing.assert_close(LayerNorm().build(shape)(x), functional.layer_norm(x, over))


def test_dropout_has_the_share_it_was_given() -> None:
    x = torch.ones(10_000)
    zeros = (Dropout(p=0.3).build((10_000,)).train()(x) == 0).float().mean().item()
    assert zeros == pytest.approx(0.3, abs=0.03)
