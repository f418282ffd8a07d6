"""Each loss and its slope equal torch's own function, also where it has a corner or saturates."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from lab.by_hand.offered import TERMS
from lab.parts.losses import BinaryCrossEntropy, CrossEntropy, Hinge, Loss, SquaredError


def one_hot(labels: Tensor) -> Tensor:
    return functional.one_hot(labels, 10).double()


def half_square(logits: Tensor, labels: Tensor) -> Tensor:
    return functional.mse_loss(logits, one_hot(labels), reduction="sum") / (2 * len(labels))


def yes_or_no(logits: Tensor, labels: Tensor) -> Tensor:
    total = functional.binary_cross_entropy_with_logits(logits, one_hot(labels), reduction="sum")
    return total / len(labels)


ORACLES: list[tuple[Loss, Callable[[Tensor, Tensor], Tensor]]] = [
    (CrossEntropy(), functional.cross_entropy),
    (
        CrossEntropy(label_smoothing=0.5),
        lambda logits, labels: functional.cross_entropy(logits, labels, label_smoothing=0.5),
    ),
    (SquaredError(), half_square),
    (BinaryCrossEntropy(), yes_or_no),
    (Hinge(), functional.multi_margin_loss),
    (Hinge(margin=2.5), lambda logits, labels: functional.multi_margin_loss(logits, labels, margin=2.5)),
]
LABELS = torch.tensor([3, 0])
CORNERS = {
    "all zero": torch.zeros(2, 10),
    "ties": torch.full((2, 10), 2.0),
    "exactly the margin ahead": torch.full((2, 10), 1.0).scatter(1, LABELS[:, None], 2.0),
    "exactly 2.5 ahead": torch.full((2, 10), 1.0).scatter(1, LABELS[:, None], 3.5),
    "sure and right": torch.full((2, 10), -1e4).scatter(1, LABELS[:, None], 1e4),
    "sure and wrong": torch.full((2, 10), 1e4).scatter(1, LABELS[:, None], -1e4),
    "hardly off zero": torch.tensor([[1e-30, -1e-30, 0.0, -0.0, 1e-8, -1e-8, 0.0, 0.0, 0.0, 0.0]] * 2),
}


def agree(loss: Loss, oracle: Callable[[Tensor, Tensor], Tensor], logits: Tensor, labels: Tensor) -> None:
    mine, theirs = logits.clone().requires_grad_(True), logits.double().requires_grad_(True)
    value, expected = loss.function()(mine, labels), oracle(theirs, labels)
    value.backward()
    expected.backward()
    torch.testing.assert_close(value.double(), expected, rtol=1e-5, atol=1e-5)
    assert mine.grad is not None
    assert theirs.grad is not None
    torch.testing.assert_close(mine.grad.double(), theirs.grad, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize(("loss", "oracle"), ORACLES, ids=lambda value: getattr(value, "kind", ""))
def test_a_loss_has_torchs_value_and_slope_at_its_corners(
    loss: Loss, oracle: Callable[[Tensor, Tensor], Tensor], corner: str
) -> None:
    agree(loss, oracle, CORNERS[corner], LABELS)


@pytest.mark.parametrize(("loss", "oracle"), ORACLES, ids=lambda value: getattr(value, "kind", ""))
@given(
    st.lists(
        st.lists(st.floats(-40, 40, width=32), min_size=10, max_size=10).flatmap(
            lambda row: st.tuples(st.just(row), st.integers(0, 9))
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_loss_has_torchs_value_and_slope_everywhere(
    loss: Loss, oracle: Callable[[Tensor, Tensor], Tensor], rows: list[tuple[list[float], int]]
) -> None:
    logits = torch.tensor([row for row, _ in rows])
    right = torch.tensor([label for _, label in rows])
    if isinstance(
        loss, Hinge
    ):  # where float32 cannot tell on which side of the corner it stands, either is right
        ahead = logits.double().gather(1, right[:, None]) - logits.double() - loss.margin
        logits = torch.where((ahead.abs() > 1e-4) | (ahead == 0), logits, logits.round())
    agree(loss, oracle, logits, right)


def test_a_binary_cross_entropy_pulls_on_every_output_of_a_network_of_zeros() -> None:
    """At a logit of exactly 0 the slope is 1/2 - y, as the formula says."""
    logits = torch.zeros(1, 10, requires_grad=True)
    BinaryCrossEntropy().function()(logits, torch.tensor([3])).backward()
    assert logits.grad is not None
    assert logits.grad.tolist() == [[0.5, 0.5, 0.5, -0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]


inside = st.floats(0.01, 0.99)
TORCHS = {
    "mse": lambda y, output: 0.5 * functional.mse_loss(output, y),
    "bce": lambda y, output: functional.binary_cross_entropy(output, y),
    "ce": lambda y, output: -y * output.log(),
}


@pytest.mark.parametrize("name", TERMS)
@given(y=inside, output=inside)
def test_value_and_slope_are_torchs(name: str, y: float, output: float) -> None:
    entry = TERMS[name]
    at = torch.tensor(output, dtype=torch.float64, requires_grad=True)
    loss = TORCHS[name](torch.tensor(y, dtype=torch.float64), at)
    (slope,) = torch.autograd.grad(loss, at)
    assert entry.problem(y, output) is None
    assert entry.value(y, output) == pytest.approx(loss.item(), rel=1e-9)
    assert entry.slope(y, output) == pytest.approx(slope.item(), rel=1e-9)


@pytest.mark.parametrize("name", TERMS)
@pytest.mark.parametrize("y", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("output", [-1.0, -1e-300, 0.0, 1e-300, 1.0, 1.5])
def test_where_it_says_no_problem_there_is_a_value(name: str, y: float, output: float) -> None:
    entry = TERMS[name]
    if entry.problem(y, output) is None and output > 0:
        assert math.isfinite(entry.value(y, output))
    elif entry.problem(y, output) == "infinite":
        near = entry.value(y, 1e-12 if output <= 0 else 1 - 1e-12)
        assert near > 20 * max(y, 1 - y) * 0.5


@pytest.mark.parametrize("name", TERMS)
def test_an_entry_has_its_words(name: str) -> None:
    entry = TERMS[name]
    assert entry.name == name
    assert entry.title
    assert "{y}" in entry.term
    assert entry.fitting_outputs
