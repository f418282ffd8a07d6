"""What is halved gives the numbers of plain torch, and the same bits whoever computes the halves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.network.build import build_network
from lab.parts.layers import AvgPool, Conv2d, Flatten, Linear, MaxPool
from lab.spec import NetworkSpec
from lab.steps import helper as helping
from lab.steps import products
from lab.steps.helper import Helper
from lab.steps.replay import replay_of
from lab.steps.tape import record
from tests.lab.steps.plain import OUT, assert_same, batches, plain, sgd, step_of, trained
from tests.support.waiting import until

LARGE = (Conv2d(channels=16), MaxPool(), Conv2d(channels=32), AvgPool(), Flatten(), Linear(units=128), OUT)
WIDE = (Flatten(), Linear(units=256), Linear(units=128), OUT)


class Diligent(Helper):
    """One that begins every second half, and counts them."""

    def __init__(self) -> None:
        super().__init__(cores=2)
        self.halves = 0

    def together(
        self,
        first: Callable[[], object],
        second: Callable[[], object],
        both: Callable[[], object] | None = None,
    ) -> None:
        self.halves += 1
        self._left_alone = 0

        def wait() -> None:
            until(self._asked.locked)
            first()

        super().together(wait, second, both)


def large_network(layers: tuple[object, ...]) -> nn.Module:
    return build_network(NetworkSpec(layers=layers), torch.Generator().manual_seed(7))  # type: ignore[arg-type]


@pytest.mark.parametrize("layers", [LARGE, WIDE])
@pytest.mark.parametrize("through_openblas", [True, False])
def test_the_bits_are_the_same_whoever_computes_the_halves(
    layers: tuple[object, ...], through_openblas: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "openblas_is_faster", lambda: through_openblas)
    data, found = batches(4, size=100), list[nn.Module]()
    for helper in (Helper(cores=1), Helper(cores=2), Diligent()):
        monkeypatch.setattr(helping, "_helper", helper)
        network = large_network(layers)
        trained(step_of(network), data)
        found.append(network)
    assert isinstance(helper, Diligent)
    assert helper.halves or (layers is WIDE and not through_openblas)
    for other in found[1:]:
        assert_same(other, found[0], rtol=0, atol=0)


@pytest.mark.parametrize("layers", [LARGE, WIDE])
def test_large_networks_train_as_plain_torch_does(
    layers: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "openblas_is_faster", lambda: True)
    monkeypatch.setattr(helping, "_helper", Diligent())
    data, theirs, ours = batches(3, size=100), large_network(layers), large_network(layers)
    expected = plain(theirs, sgd(theirs), data)
    assert trained(step_of(ours), data) == pytest.approx(expected, rel=1e-4)
    assert_same(ours, theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("samples", [1, 2, 33])
@pytest.mark.parametrize(
    "way",
    [
        partial(functional.max_pool2d, kernel_size=2),
        partial(functional.max_pool2d, kernel_size=3, stride=2, padding=1),
        partial(functional.avg_pool2d, kernel_size=2),
    ],
)
def test_large_images_are_pooled_in_halves(
    way: Callable[[Tensor], Tensor],
    samples: int,
    layout: torch.memory_format,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    helper = Diligent()
    monkeypatch.setattr(helping, "_helper", helper)
    side = 2 * int((500_000 / samples / 4) ** 0.5 / 2) + 2
    x = torch.randn(samples, 4, side, side).contiguous(memory_format=layout).requires_grad_()

    def work() -> tuple[Tensor, Tensor]:
        pooled = way(x)
        return pooled.detach(), torch.autograd.grad(pooled.sin().sum(), x)[0]

    results, tape = record(work, 1 << 28)
    expected = [result.clone() for result in results]
    calls, kept = replay_of(tape.operations, list(results), [])
    for result in kept:
        result.zero_()
    for call in calls:
        call()
    assert helper.halves == (0 if samples == 1 else 2)
    assert all(torch.equal(mine, its) for mine, its in zip(kept, expected, strict=True))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("wants_images", [True, False])
@pytest.mark.parametrize("has_bias", [True, False])
def test_a_convolution_finds_its_way_back(
    layout: torch.memory_format,
    size: str,
    wants_images: bool,
    has_bias: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    helper = Diligent()
    monkeypatch.setattr(helping, "_helper", helper)
    weight, bias = torch.randn(8, 4, 3, 3, requires_grad=True), torch.randn(8, requires_grad=True)
    samples, side = (3, 9) if size == "small" else (11, 64)
    x = torch.randn(samples, 4, side, side).contiguous(memory_format=layout).requires_grad_(wants_images)
    wanted = [weight, *([bias] if has_bias else []), *([x] if wants_images else [])]

    def work() -> tuple[Tensor, ...]:
        result = functional.conv2d(x, weight, bias if has_bias else None)
        return torch.autograd.grad(result.sin().sum(), wanted)

    results, tape = record(work, 1 << 28)
    expected = [result.clone() for result in results]
    calls, kept = replay_of(tape.operations, list(results), [])
    for call in calls:
        call()
    assert helper.halves == (0 if size == "small" else 2)
    for mine, its in zip(kept, expected, strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-3)
