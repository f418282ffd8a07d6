"""The reckonings that a trace is held against, and where they part from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from unittest.mock import patch

import pytest

from lab.by_hand import oracles
from lab.by_hand.example import DOCUMENT, OUTPUTS
from lab.by_hand.offered import TERMS
from lab.by_hand.oracles import comparisons
from lab.by_hand.tracer import trace
from lab.parts.activations import ACTIVATIONS


@pytest.mark.parametrize("bias", [0.02, 0.0, -0.005])
@pytest.mark.parametrize("loss", ["bce", "ce"])
def test_beside_the_end_of_a_logarithm_the_difference_still_agrees(loss: str, bias: float) -> None:
    found = trace(replace(DOCUMENT, y=(0.8, 0.2), biases=(DOCUMENT.biases[0], (bias, 0.2)), loss=loss))
    assert 0 < found.values["a5"] < 0.04
    assert [each.name for each in comparisons(found) if not each.agrees] == []


@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("loss", TERMS)
def test_the_three_reckonings_agree_to_1e_9(hidden: str, output: str, loss: str) -> None:
    found = trace(replace(DOCUMENT, hidden=hidden, output=output, loss=loss))
    compared = comparisons(found)
    assert bool(compared) == (found.loss is not None)
    assert [each.name for each in compared if not each.agrees] == []
    assert len(compared) in (0, 38)


def test_a_saturated_sigmoid_is_told_from_an_unfit_output() -> None:
    found = trace(replace(DOCUMENT, biases=(DOCUMENT.biases[0], (900.0, 0.2)), output="sigmoid", loss="bce"))
    assert found.state == "infinite"
    assert "rounding" in str(found.problem)


def test_at_a_corner_the_difference_stands_apart_and_the_reason_is_given() -> None:
    example = DOCUMENT.changed({"b1": -0.2})
    found = trace(example)
    assert found.kinks == ("z1",)
    apart = {
        each.name: each.note
        for each in comparisons(trace(example.changed({"x1": 0.0, "x2": 0.0, "x3": 0.0, "b1": 0.0})))
        if not each.agrees
    }
    assert "z1" in apart
    assert "corner" in apart["z1"]


@pytest.mark.parametrize(
    ("loss", "bias", "widths"),
    [("mse", 0.2, {oracles.LEAST_WIDTHS}), ("bce", 0.0, range(5, oracles.MOST_WIDTHS + 1))],
)
def test_the_difference_is_taken_at_as_many_widths_as_the_page_says(
    loss: str, bias: float, widths: Collection[int]
) -> None:
    example = replace(DOCUMENT, y=(0.8, 0.2), biases=(DOCUMENT.biases[0], (bias, 0.2)), loss=loss)
    with patch.object(oracles, "_extrapolated", wraps=oracles._extrapolated) as asked:
        oracles.central_difference(example, "w5_1", example.parameters["w5_1"])
    assert len(asked.call_args.args[0]) in widths
