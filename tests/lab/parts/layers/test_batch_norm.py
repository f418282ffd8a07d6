"""Batch normalisation has the numbers of float64, however large the batch and however it lies in memory."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lab.parts.layers.batch_norm import BatchNorm1d, BatchNorm2d

LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


def pair(channels: int, images: bool) -> tuple[nn.Module, nn.Module]:
    """The lab's own and torch's, in float64, with the same gains and offsets."""
    ours: nn.Module = BatchNorm2d(channels) if images else BatchNorm1d(channels)
    truth: nn.Module = nn.BatchNorm2d(channels) if images else nn.BatchNorm1d(channels)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.uniform_(0.5, 1.5)
    truth.load_state_dict(ours.state_dict())
    return ours, truth.double()


def agree(ours: nn.Module, truth: nn.Module, x: Tensor, tolerance: float = 1e-5) -> None:
    """One step of both: outputs, running statistics, and all three gradients."""
    mine, its = x.clone().requires_grad_(True), x.double().requires_grad_(True)
    made, expected = ours(mine), truth(its)
    slope = torch.randn(x.shape, generator=torch.Generator().manual_seed(3))
    made.backward(slope)
    expected.backward(slope.double())
    close: dict[str, Any] = {"rtol": tolerance, "atol": tolerance}
    torch.testing.assert_close(made.double(), expected, **close)
    for name, theirs in truth.named_buffers():
        torch.testing.assert_close(dict(ours.named_buffers())[name].double(), theirs.double(), **close)
    assert mine.grad is not None
    assert its.grad is not None
    torch.testing.assert_close(mine.grad.double(), its.grad, **close)
    for one, other in zip(ours.parameters(), truth.parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        # sums over the batch: relative to the largest
        assert (one.grad.double() - other.grad).abs().max() <= tolerance * max(
            1.0, float(other.grad.abs().max())
        )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("batch", "channels"), [(2, 3), (100, 16), (1_000, 5), (10_000, 2)])
def test_a_batch_of_images_of_any_allowed_size_is_normalised_exactly(
    layout: str, batch: int, channels: int
) -> None:
    size = 28 if batch < 10_000 else 20
    x = torch.randn(batch, channels, size, size, generator=torch.Generator().manual_seed(1)) * 0.5 + 1.5
    agree(*pair(channels, images=True), x.contiguous(memory_format=LAYOUTS[layout]))


@pytest.mark.parametrize("batch", [2, 100, 10_000])
def test_a_batch_of_vectors_is_normalised_exactly(batch: int) -> None:
    x = torch.randn(batch, 24, generator=torch.Generator().manual_seed(2)) * 0.5 + 1.5
    agree(
        *pair(24, images=False), x, 1e-5 if batch > 2 else 2e-3
    )  # of two numbers little is left but their sign


@settings(max_examples=30, deadline=None)
@given(
    st.integers(3, 20),
    st.integers(1, 9),
    st.integers(1, 6),
    st.sampled_from(sorted(LAYOUTS)),
    st.integers(0, 99),
)
def test_any_shape_is_normalised_as_torch_does_in_float64(
    batch: int, channels: int, size: int, layout: str, seed: int
) -> None:
    x = torch.randn(batch, channels, size, size, generator=torch.Generator().manual_seed(seed)) + 1
    agree(*pair(channels, images=True), x.contiguous(memory_format=LAYOUTS[layout]), 3e-4)


def test_the_layout_goes_on_to_the_next_layer() -> None:
    x = torch.randn(4, 6, 5, 5).contiguous(memory_format=torch.channels_last)
    assert BatchNorm2d(6)(x).is_contiguous(memory_format=torch.channels_last)


def test_after_training_it_is_torchs_own() -> None:
    ours, x = BatchNorm2d(3), torch.randn(4, 3, 5, 5)
    ours(x)
    theirs = nn.BatchNorm2d(3)
    theirs.load_state_dict(ours.state_dict())
    assert torch.equal(ours.eval()(x), theirs.eval()(x))


def test_a_gain_that_is_frozen_and_images_that_nobody_asks_for_cost_no_gradient() -> None:
    layer = BatchNorm2d(3)
    layer.weight.requires_grad_(False)
    layer(torch.randn(4, 3, 5, 5)).square().sum().backward()
    assert layer.weight.grad is None
    assert layer.bias.grad is not None


def test_one_number_per_channel_is_refused_as_torch_does() -> None:
    for layer, shape in ((BatchNorm1d(3), (1, 3)), (BatchNorm2d(3), (1, 3, 1, 1))):
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            layer(torch.zeros(shape))
