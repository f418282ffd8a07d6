"""The tracer against autograd and central differences, on networks of every kind."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.oracles import autograd, comparisons, numeric
from lab.by_hand.tracer import KINKED, Trace, trace
from tests.lab.by_hand.examples import examples

KINKS = (*KINKED, "elu")


def away_from_corners(found: Trace, least: float = 0.01) -> bool:
    """Whether every unit with a corner is far enough from it for a difference to be taken."""
    return all(
        abs(found.values[f"z{unit.number}"]) > least
        for units in found.example.layers
        for unit in units
        if found.example.activation_of(unit.layer) in KINKS
    )


@settings(max_examples=150, deadline=None)
@given(examples())
def test_every_gradient_equals_autograd(example: Example) -> None:
    found = trace(example)
    assume(found.loss is not None)
    # Of 1 - y, as the binary cross-entropy divides by, float64 keeps the fewer digits the nearer y is to 1.
    gaps = [1 - found.values[f"a{unit.number}"] for unit in example.outputs] if example.loss == "bce" else []
    share = max([1e-9, *(4e-16 / gap for gap in gaps if gap > 0)])
    for name, value in autograd(example).items():
        scale = max(1.0, abs(value))
        assert found.grads[name] == pytest.approx(value, abs=share * scale), name


@settings(max_examples=80, deadline=None)
@given(examples(most=4, layers=2))
def test_every_gradient_equals_the_central_difference(example: Example) -> None:
    found = trace(example)
    assume(found.loss is not None and away_from_corners(found))
    outputs = [found.values[f"a{unit.number}"] for unit in example.outputs]
    # Close to the end of its domain a logarithm bends too fast for any difference to be exact.
    assume(example.loss == "mse" or all(0.05 < output < 0.95 for output in outputs))
    for name, value in numeric(found).items():
        assert value is not None
        assert found.grads[name] == pytest.approx(value, abs=1e-8, rel=1e-7), name


@settings(max_examples=80, deadline=None)
@given(examples())
def test_nothing_in_a_trace_is_ever_nan_infinite_or_minus_zero(example: Example) -> None:
    found = trace(example)
    for value in (*found.values.values(), *found.grads.values()):
        assert math.isfinite(value)
        assert value != 0 or math.copysign(1, value) == 1
    assert (found.loss is None) == bool(found.problem) == (found.state != "finite")


@settings(max_examples=40, deadline=None)
@given(examples())
def test_a_gradient_is_the_sum_of_its_paths(example: Example) -> None:
    found = trace(example)
    for name, shares in found.shares.items():
        assert found.grads[name] == pytest.approx(sum(share.value for share in shares), abs=1e-12)


def test_the_defaults_are_the_figures_of_the_errata() -> None:
    found = trace(DOCUMENT)
    assert [found.values[f"z{n}"] for n in range(1, 7)] == pytest.approx([0.3, 0.5, 0.2, -1.1, 0.11, 0.43])
    assert [found.values[f"a{n}"] for n in range(1, 7)] == pytest.approx([0.3, 0.5, 0.2, 0, 0.11, 0.43])
    assert [found.grads[f"a{n}"] for n in (5, 6)] == pytest.approx([0.11, -0.57], abs=1e-6)
    assert [found.grads[f"z{n}"] for n in range(1, 5)] == pytest.approx([0.226, -0.386, -0.024, 0], abs=1e-6)
    assert found.grads["w6_2"] == pytest.approx(-0.285, abs=1e-6)
    assert [unit.number for units in DOCUMENT.layers for unit in units if found.is_dead(unit)] == [4]


@pytest.mark.parametrize(
    ("output", "loss", "value", "gradients"),
    [
        ("relu", "bce", 0.960504, (1.1236, -2.32558)),
        ("sigmoid", "bce", None, (0.52747, -0.39413)),
        ("softmax", "ce", None, (0.42068, -0.42068)),
    ],
)
def test_cross_entropy_gradients_are_those_of_the_errata(
    output: str, loss: str, value: float | None, gradients: tuple[float, float]
) -> None:
    found = trace(replace(DOCUMENT, output=output, loss=loss))
    assert (found.grads["z5"], found.grads["z6"]) == pytest.approx(gradients, abs=1e-5)
    assert value is None or found.loss == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("bias", "y", "loss", "state"),
    [
        (-5.0, 1.0, "bce", "infinite"),
        (-5.0, 0.0, "bce", "undefined"),
        (5.0, 1.0, "bce", "undefined"),
        (-5.0, 1.0, "ce", "infinite"),
        (5.0, 1.0, "ce", "undefined"),
    ],
)
def test_a_cross_entropy_outside_its_domain_says_so(bias: float, y: float, loss: str, state: str) -> None:
    found = trace(replace(DOCUMENT, y=(y, 0.5), biases=(DOCUMENT.biases[0], (bias, 0.2)), loss=loss))
    assert (found.loss, found.state, found.grads) == (None, state, {})
    assert "output 5" in str(found.problem)
    assert comparisons(found) == ()
