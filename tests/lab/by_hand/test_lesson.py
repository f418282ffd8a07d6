"""The lesson: every quantity in the order of the classroom, and every number the trace's."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.exports import trace_csv, trace_markdown, trace_text
from lab.by_hand.lesson import DETAILS
from lab.by_hand.update import HandOptimizer
from lab.figures.by_hand.picture import picture_data
from tests.lab.by_hand.examples import examples, taught


@pytest.mark.parametrize("detail", DETAILS)
def test_the_lesson_computes_every_quantity_before_it_is_used(detail: str) -> None:
    told = taught(detail=detail)
    given = {*DOCUMENT.inputs, *DOCUMENT.targets, *DOCUMENT.parameters}
    known = set(given)
    for step in told.steps:
        assert set(step.feeds) <= known, step.key
        known |= set(step.focus)
    wanted = {f"{kind}{n}" for n in range(1, 7) for kind in ("z", "a", "dz", "da")} | {"J", "new_J"}
    wanted |= {f"d{name}" for name in DOCUMENT.parameters} | {f"new_{name}" for name in DOCUMENT.parameters}
    assert wanted <= known


def test_the_order_is_that_of_the_classroom() -> None:
    phases = [step.phase for step in taught().steps]
    assert list(dict.fromkeys(phases)) == ["input", "forward", "loss", "backward", "update"]
    assert [len(taught(detail=detail).steps) for detail in ("unit", "fine", "value")] == [39, 105, 79]


@settings(max_examples=40, deadline=None)
@given(examples())
def test_every_number_of_a_line_is_the_trace_s(example: Example) -> None:
    told = taught(example)
    for step in told.steps:
        for line in step.lines:
            if line.name.startswith("d"):
                assert line.value == told.trace.grad(line.name[1:])
            elif not line.name.startswith("new_"):
                assert line.value == told.trace.values.get(line.name)


@settings(max_examples=40, deadline=None)
@given(examples(most=6))
def test_no_form_of_any_network_shows_nan_infinity_or_minus_zero(example: Example) -> None:
    told = taught(example, "adam", "fine")
    texts = (
        trace_text(told),
        trace_csv(told),
        trace_markdown(told, HandOptimizer("adam"), check=False),
        str(picture_data(told)),
    )
    for text in texts:
        assert not re.search(r"(?<![a-z])(nan|inf)(?![a-z])|-0(?:\.0+)?(?![\d.])", text)
