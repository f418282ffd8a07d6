"""The shorter ways give the numbers of the recorded ones, and are taken only where they do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from lab.steps.replay import replay_of
from lab.steps.shortcuts import shortened
from lab.steps.tape import name_of, record

Way = Callable[[Tensor], Tensor]
CHANNELS_LAST = torch.channels_last


def images(layout: torch.memory_format) -> Tensor:
    return torch.randn(3, 4, 9, 9).contiguous(memory_format=layout).requires_grad_()


def played(way: Way, x: Tensor) -> tuple[list[str], list[Tensor], list[Tensor]]:
    """What is played of `way` and its gradient, what that gives, and what plain torch gives."""

    def work() -> tuple[Tensor, Tensor]:
        result = way(x)
        return result.detach(), torch.autograd.grad(result.square().sum(), x)[0]

    (result, gradient), tape = record(work, 1 << 24)
    before = [result.clone(), gradient.clone()]
    names = [name_of(operation) for operation in shortened(tape.operations, [result, gradient])]
    calls, kept = replay_of(tape.operations, [result, gradient], [])
    for call in calls * 2:
        call()
    return names, kept, before


def slope_is_first(names: list[str]) -> bool:
    return names.index("threshold_backward") < names.index("max_pool2d_with_indices_backward")


@pytest.mark.parametrize("layout", [torch.contiguous_format, CHANNELS_LAST])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 0), (3, 1, 1), (5, 1, 0)])
def test_the_slope_of_relu_is_taken_where_the_pooled_are(
    layout: torch.memory_format, kernel: int, stride: int, padding: int
) -> None:
    names, ours, theirs = played(
        lambda x: functional.max_pool2d(x.relu(), kernel, stride, padding), images(layout)
    )
    assert slope_is_first(names)
    assert all(torch.equal(mine, its) for mine, its in zip(ours, theirs, strict=True))


def test_a_window_without_a_positive_number_gets_no_gradient() -> None:
    x = -torch.rand(2, 1, 4, 4)
    names, (pooled, gradient), _ = played(lambda x: functional.max_pool2d(x.relu(), 2), x.requires_grad_())
    assert slope_is_first(names)
    assert not pooled.any()
    assert not gradient.any()


def two_readers(x: Tensor) -> Tensor:
    y = x.relu()
    return functional.max_pool2d(y, 2).sum() + y.square().sum()


def pooled_before(x: Tensor) -> Tensor:
    return functional.max_pool2d(x, 2).relu()


def pooled_twice(x: Tensor) -> Tensor:
    y = x.relu()
    return functional.max_pool2d(y, 2) + functional.max_pool2d(y, 3, 2, 1)[..., :4, :4]


def another_slope(x: Tensor) -> Tensor:
    return functional.max_pool2d(x.tanh(), 2)


@pytest.mark.parametrize("way", [two_readers, pooled_before, pooled_twice, another_slope])
def test_what_is_not_that_pair_is_played_as_recorded(way: Way) -> None:
    _, ours, theirs = played(way, images(CHANNELS_LAST))
    for mine, its in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, its)
