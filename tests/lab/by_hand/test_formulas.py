"""The formula of a quantity: its numbers, worked out, are its result."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.formulas import line, put_in, total
from lab.by_hand.tracer import trace
from tests.lab.by_hand.examples import examples


def worked_out(numbers: str) -> float:
    """A sum of products in LaTeX as Python works it out."""
    plain = numbers.replace(r"\cdot", "*").replace(r"\\ &\quad", "").replace("{", "(").replace("}", ")")
    assert re.fullmatch(r"[-+*().0-9e ]+", plain), plain
    return float(eval(plain))


@pytest.mark.parametrize("name", ["p1_2", "p5_4", "z1", "z4", "z6"])
def test_a_product_and_a_sum_of_the_document_come_out(name: str) -> None:
    now = trace(DOCUMENT)
    said = line(now, name)
    assert worked_out(said.numbers) == pytest.approx(now.values[name], abs=1e-9)
    assert said.value == now.values[name]


@given(examples())
@settings(max_examples=25)
def test_every_quantity_has_a_line_with_its_value_and_what_it_is_made_of(example: Example) -> None:
    now = trace(example)
    for name, value in now.values.items():
        said = line(now, name)
        assert said.name == name
        if name != "J":
            assert said.value == value
        assert set(said.feeds) <= set(now.values)
        assert said.left.count("{") == said.left.count("}")
        assert said.symbols.count("{") == said.symbols.count("}")


@pytest.mark.parametrize("count", [1, 4, 5, 6, 9, 33])
def test_no_row_of_a_long_sum_is_too_long_and_none_holds_one_term_alone(count: int) -> None:
    terms = [f"t_{{{index}}}" for index in range(count)]
    rows = total(terms).split(r"\\")
    assert re.findall(r"t_\{\d+\}", total(terms)) == terms
    assert all(1 < row.count("t_") <= 5 for row in rows) or count == 1


def test_plus_minus_is_minus() -> None:
    assert total(["1", "-2"]) == "1 - 2"


@pytest.mark.parametrize(
    ("formula", "written", "said"),
    [
        (r"\max(0, z)", "-2", r"\max(0, {-2})"),
        (r"0.5z", "-2", r"0.5{(-2)}"),
        (r"e^z", "-2", r"e^{-2}"),
        (r"0.5z", "2", r"0.5{2}"),
    ],
)
def test_a_negative_number_has_brackets_where_it_is_a_factor(formula: str, written: str, said: str) -> None:
    assert put_in(formula, written) == said
