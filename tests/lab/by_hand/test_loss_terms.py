"""Each loss term is torch's, and says where it has no value."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from lab.by_hand.loss_terms import LOSS_TERMS

inside = st.floats(0.01, 0.99)
TORCHS = {
    "mse": lambda y, output: 0.5 * functional.mse_loss(output, y),
    "bce": lambda y, output: functional.binary_cross_entropy(output, y),
    "ce": lambda y, output: -y * output.log(),
}


@pytest.mark.parametrize("name", LOSS_TERMS)
@given(y=inside, output=inside)
def test_value_and_slope_are_torchs(name: str, y: float, output: float) -> None:
    entry = LOSS_TERMS[name]
    at = torch.tensor(output, dtype=torch.float64, requires_grad=True)
    loss = TORCHS[name](torch.tensor(y, dtype=torch.float64), at)
    (slope,) = torch.autograd.grad(loss, at)
    assert entry.problem(y, output) is None
    assert entry.value(y, output) == pytest.approx(loss.item(), rel=1e-9)
    assert entry.slope(y, output) == pytest.approx(slope.item(), rel=1e-9)


@pytest.mark.parametrize("name", LOSS_TERMS)
@pytest.mark.parametrize("y", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("output", [-1.0, -1e-300, 0.0, 1e-300, 1.0, 1.5])
def test_where_it_says_no_problem_there_is_a_value(name: str, y: float, output: float) -> None:
    entry = LOSS_TERMS[name]
    if entry.problem(y, output) is None and output > 0:
        assert math.isfinite(entry.value(y, output))
    elif entry.problem(y, output) == "infinite":
        near = entry.value(y, 1e-12 if output <= 0 else 1 - 1e-12)
        assert near > 20 * max(y, 1 - y) * 0.5


@pytest.mark.parametrize("name", LOSS_TERMS)
def test_an_entry_has_its_words(name: str) -> None:
    entry = LOSS_TERMS[name]
    assert entry.name == name
    assert entry.summary.endswith(".")
    assert "{y}" in entry.term
    assert entry.fitting_outputs
