"""An example has the names and numbers of the document, and refuses what does not fit together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from lab.by_hand.example import DOCUMENT, Example
from lab.registry import SpecError
from tests.lab.by_hand.examples import examples


def test_the_documents_network_is_numbered_as_the_document_does() -> None:
    assert DOCUMENT.sizes == (3, 4, 2)
    assert [unit.number for unit in DOCUMENT.layers[0]] == [1, 2, 3, 4]
    assert [unit.number for unit in DOCUMENT.outputs] == [5, 6]
    assert DOCUMENT.sources(1) == ("x1", "x2", "x3")
    assert DOCUMENT.sources(2) == ("a1", "a2", "a3", "a4")
    assert DOCUMENT.weight_name(DOCUMENT.unit_of[5], 3) == "w5_4"
    assert list(DOCUMENT.targets) == ["y5", "y6"]
    assert (DOCUMENT.activation_of(1), DOCUMENT.activation_of(2)) == (DOCUMENT.hidden, DOCUMENT.output)


@given(examples())
def test_every_parameter_has_a_name_of_its_own(example: Example) -> None:
    pairs = zip(example.sizes[:-1], example.sizes[1:], strict=True)
    assert len(example.parameters) == sum((before + 1) * units for before, units in pairs)
    flat = [
        number
        for rows, biases in zip(example.weights, example.biases, strict=True)
        for row, bias in zip(rows, biases, strict=True)
        for number in (*row, bias)
    ]
    assert list(example.parameters.values()) == flat
    assert set(example.unit_of) == set(range(1, sum(example.sizes[1:]) + 1))


@given(examples())
def test_one_number_changed_by_its_name_leaves_all_others(example: Example) -> None:
    name = next(reversed(example.parameters))
    other = example.changed({name: 0.125, "x1": 0.5})
    assert other.parameters == {**example.parameters, name: 0.125}
    assert other.inputs == {**example.inputs, "x1": 0.5}
    assert example.changed({}) == example


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hidden": "rleu"}, "did you mean 'relu'"),
        ({"loss": "mes"}, "did you mean 'mse'"),
        ({"x": (1.0, 2.0)}, "W1 row 1: has 3 values; allowed: 2"),
        ({"y": (1.0,)}, "y"),
        ({"x": (1.0, 2.0, float("nan"))}, "x"),
        ({"x": (1.0, 2.0, 1e300)}, "x"),
    ],
)
def test_what_does_not_fit_together_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(SpecError) as caught:
        replace(DOCUMENT, **changes)
    assert named in str(caught.value)
