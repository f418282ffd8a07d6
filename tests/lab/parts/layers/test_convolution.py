"""Every convolution of the lab is the one of float64, in both layouts, on processors of every kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from lab.network.report import layer_reports
from lab.parts.layers import Conv2d as ConvolutionSpec
from lab.parts.layers import PatchEmbedding, Residual
from lab.parts.layers.torch_modules import Conv2d
from lab.spec import NetworkSpec

ROOT = Path(__file__).parents[4]
LAYOUTS = (torch.contiguous_format, torch.channels_last)


@settings(max_examples=150, deadline=None)
@given(
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    inputs=st.integers(1, 33),
    channels=st.integers(1, 33),
    size=st.integers(5, 9),
    last=st.booleans(),
    bias=st.booleans(),
)
@example(kernel=1, stride=2, padding=0, inputs=4, channels=8, size=8, last=True, bias=False)
@example(kernel=1, stride=3, padding=2, inputs=7, channels=33, size=9, last=True, bias=True)
def test_a_convolution_and_its_gradients_are_those_of_float64(
    kernel: int, stride: int, padding: int, inputs: int, channels: int, size: int, last: bool, bias: bool
) -> None:
    torch.manual_seed(kernel * 7 + inputs)
    ours = Conv2d(inputs, channels, kernel, stride, padding, bias=bias)
    truth = nn.Conv2d(inputs, channels, kernel, stride, padding, bias=bias).double()
    truth.load_state_dict(ours.state_dict())
    x = torch.randn(3, inputs, size, size)
    ours.to(memory_format=LAYOUTS[last])
    mine = x.clone().contiguous(memory_format=LAYOUTS[last]).requires_grad_(True)
    its = x.double().requires_grad_(True)
    made, expected = ours(mine), truth(its)
    slope = torch.randn(expected.shape)
    made.backward(slope)
    expected.backward(slope.double())
    pairs = [(made.detach(), expected.detach()), (mine.grad, its.grad)]
    pairs += [(a.grad, b.grad) for a, b in zip(ours.parameters(), truth.parameters(), strict=True)]
    for got, wanted in pairs:
        assert (got.double() - wanted).abs().max() <= 1e-5 * max(1.0, float(wanted.abs().max()))


CRASHED = """
import torch
from lab.parts.layers import Conv2d, GlobalPool, Linear, Residual
from lab.network.build import build_network
from lab.spec import NetworkSpec
from torch.nn import functional

torch.set_num_threads(1)
layers = (Conv2d(channels=4), Residual(channels=8, stride=2), GlobalPool(), Linear(units=10, activation="identity"))
network = build_network(NetworkSpec(layers=layers)).to(memory_format=torch.channels_last)
truth = build_network(NetworkSpec(layers=layers)).double()
for _ in range(30):
    x, y = torch.randn(8, 1, 28, 28), torch.randint(0, 10, (8,))
    for one, images in ((network, x.contiguous(memory_format=torch.channels_last)), (truth, x.double())):
        one.zero_grad()
        functional.cross_entropy(one(images), y).backward()
    junk = [torch.empty(size) for size in (10, 33, 100, 333, 1000)]
for one, other in zip(network.parameters(), truth.parameters()):
    assert (one.grad.double() - other.grad).abs().max() <= 1e-4 * max(1.0, float(other.grad.abs().max()))
print("survived")
"""


@pytest.mark.parametrize("instructions", ["SSE41", "AVX2", "ALL"])
def test_a_residual_block_after_few_channels_trains_on_every_processor(instructions: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHED],
        cwd=ROOT,
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": instructions},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.split() == ["survived"], done.stderr


def test_every_convolution_of_the_lab_is_guarded() -> None:
    """A plain nn.Conv2d in a layer would bring the fault back."""
    made = [
        ConvolutionSpec(channels=3, kernel=1, stride=2).build((4, 8, 8)),
        Residual(channels=8, stride=2).build((4, 8, 8)),
        PatchEmbedding(patch=1).build((4, 8, 8)),
    ]
    found = [part for module in made for part in module.modules() if isinstance(part, nn.Conv2d)]
    assert len(found) == 5
    assert all(isinstance(part, Conv2d) for part in found)


def test_what_a_strided_pointwise_convolution_costs_is_what_it_computes() -> None:
    layers = (ConvolutionSpec(channels=6, kernel=1, stride=2, padding=0),)
    report = layer_reports(NetworkSpec(layers=layers))[0]
    assert report.out_shape == (6, 14, 14)
    assert report.flops == 2 * 6 * 14 * 14
    assert report.parameters == 12
