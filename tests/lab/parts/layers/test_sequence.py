"""Layers over sequences: shapes, and what does not fit."""

from __future__ import annotations

from typing import Literal

import pytest
import torch

from lab.parts.layers.base import LayerMisfit
from lab.parts.layers.sequence import PatchEmbedding, Recurrent, Transformer


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_last_memory_is_the_end_of_the_sequence_of_memories(cell: Literal["rnn", "lstm", "gru"]) -> None:
    last = Recurrent(cell=cell, units=6).build((1, 28, 28))
    whole = Recurrent(cell=cell, units=6, output="sequence").build((1, 28, 28))
    whole.load_state_dict(last.state_dict())
    x = torch.randn(2, 1, 28, 28)
    assert whole(x).shape == (2, 28, 6)
    torch.testing.assert_close(whole(x)[:, -1], last(x))


def test_a_memory_after_a_row_knows_nothing_of_the_rows_below() -> None:
    whole = Recurrent(units=6, output="sequence").build((1, 28, 28))
    x = torch.randn(1, 1, 28, 28)
    other = x.clone()
    other[:, :, 10:] = 0
    torch.testing.assert_close(whole(x)[:, :10], whole(other)[:, :10])


def test_a_patch_becomes_a_token() -> None:
    assert PatchEmbedding(patch=7, width=8).build((1, 28, 28))(torch.zeros(3, 1, 28, 28)).shape == (3, 16, 8)


@pytest.mark.parametrize(
    ("layer", "shape", "reason"),
    [
        (Recurrent(), (32,), "Recurrent needs an image or a sequence but gets a vector of 32"),
        (PatchEmbedding(patch=5), (1, 28, 28), "patches of 5 do not divide 28 × 28 pixels"),
        (Transformer(), (1, 28, 28), "needs a sequence of tokens but gets 1 × 28 × 28"),
        (Transformer(heads=3), (16, 64), "3 heads do not divide a width of 64"),
    ],
)
def test_what_does_not_fit_says_why(
    layer: Recurrent | PatchEmbedding | Transformer, shape: tuple[int, ...], reason: str
) -> None:
    with pytest.raises(LayerMisfit, match=reason) as caught:
        layer.build(shape)
    assert caught.value.fix is not None
    for fitted in caught.value.fix.applied((layer,), 0):
        shape = tuple(fitted.build(shape)(torch.zeros(2, *shape)).shape[1:])
    assert len(shape) <= 3


def test_a_transformer_keeps_the_shape_and_knows_no_order() -> None:
    block = Transformer(heads=4, dropout=0.0).build((16, 64)).eval()
    x = torch.randn(2, 16, 64)
    order = torch.randperm(16)
    torch.testing.assert_close(block(x)[:, order], block(x[:, order]), rtol=1e-4, atol=1e-5)
