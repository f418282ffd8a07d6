"""A product through OpenBLAS is torch's product, however its matrices lie; it is tested on every machine."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.steps import products
from lab.steps.products import product_into
from tests.lab.steps.plain import NETWORKS, trained_as_plain


@pytest.fixture(autouse=True)
def _through_openblas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "openblas_is_faster", lambda: True)


def matrix(rows: int, columns: int, by_columns: bool) -> Tensor:
    return torch.randn(columns, rows).t() if by_columns else torch.randn(rows, columns)


@pytest.mark.parametrize("sizes", [(7, 5, 3), (1, 4, 1), (100, 64, 10), (3, 1, 2)])
@pytest.mark.parametrize("layout", list(product([False, True], repeat=3)))
@pytest.mark.parametrize("added", ["nothing", "a row", "a matrix"])
def test_a_product_lands_in_its_place(
    sizes: tuple[int, int, int], layout: tuple[bool, ...], added: str
) -> None:
    m, k, n = sizes
    left, right, result = matrix(m, k, layout[0]), matrix(k, n, layout[1]), matrix(m, n, layout[2])
    bias = {"nothing": None, "a row": torch.randn(n), "a matrix": torch.randn(m, n)}[added]
    call = product_into(left, right, result, bias)
    assert call is not None
    for _ in range(2):  # what it wrote last time does not count
        call()
        expected = left @ right if bias is None else left @ right + bias
        assert torch.allclose(result, expected, atol=1e-5)


@pytest.mark.parametrize("layout", list(product([False, True], repeat=2)))
def test_a_large_linear_layer_lands_in_its_place(layout: tuple[bool, ...]) -> None:
    inputs, weights, bias = matrix(9, 400, layout[0]), torch.randn(300, 400), torch.randn(300)
    result = matrix(9, 300, layout[1])
    call = product_into(inputs, weights.t(), result, bias)
    assert call is not None
    for _ in range(2):
        inputs.mul_(2)
        bias.add_(1)
        call()
        assert torch.allclose(result, torch.addmm(bias, inputs, weights.t()), rtol=1e-4, atol=1e-3)


def test_a_product_follows_its_matrices_to_other_memory() -> None:
    left, right, result = torch.randn(4, 3), torch.randn(3, 2), torch.empty(4, 2)
    call = product_into(left, right, result, None)
    assert call is not None
    call()
    elsewhere = torch.randn(4, 3)
    left.set_(elsewhere.untyped_storage(), 0, left.shape, left.stride())
    call()
    assert torch.allclose(result, elsewhere @ right, atol=1e-6)


def test_a_product_too_large_for_its_type_is_infinite() -> None:
    result = torch.empty(2, 2)
    call = product_into(torch.full((2, 2), 3e38), torch.full((2, 2), 3e38), result, None)
    assert call is not None
    with np.errstate(all="ignore"):  # as a worker's process begins
        call()
    assert torch.isinf(result).all()


@pytest.mark.parametrize(
    "left", [torch.ones(2, 2, dtype=torch.float64), torch.ones(4, 4)[::2, ::2], torch.ones(0, 2)]
)
def test_what_it_cannot_take_is_left_to_torch(left: Tensor) -> None:
    assert product_into(left, torch.ones(2, 2), torch.ones(len(left), 2), None) is None


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_trains_as_plain_torch_does(name: str) -> None:
    # Batch normalisation makes much of the last digit, with each batch more: plain torch itself is off by this
    # from what it computes in double precision.
    trained_as_plain(name, 3, rtol=1e-4, atol=1e-4)
