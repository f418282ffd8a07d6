"""The lesson, the cards and the exports: everything is there, and everything is the trace's."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings

from lab.by_hand.cards import card
from lab.by_hand.digits import four, full, read_number
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.exports import trace_csv, trace_markdown, trace_text
from lab.by_hand.lesson import DETAILS, Lesson, lesson
from lab.by_hand.notation import plain
from lab.by_hand.offered import RULES
from lab.by_hand.script import torch_script
from lab.by_hand.setting import selectable
from lab.by_hand.update import HandOptimizer, start
from lab.figures.by_hand.geometry import geometry
from lab.figures.by_hand.picture import picture_data
from lab.registry import SpecError
from tests.lab.by_hand.examples import examples


def taught(example: Example = DOCUMENT, optimizer: str = "sgd", detail: str = "unit") -> Lesson:
    return lesson(start(example), HandOptimizer(optimizer), detail)


def computed(told: Lesson) -> list[str]:
    return [name for step in told.steps for name in step.focus]


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
@given(examples())
def test_every_card_has_paths_that_add_up(example: Example) -> None:
    told = taught(example)
    for name in selectable(example):
        shown = card(told, name)
        assert shown.title
        if shown.paths:
            assert sum(path.value for path in shown.paths) == pytest.approx(shown.total, abs=1e-12)
            for path in shown.paths:
                assert path.value == pytest.approx(path.incoming_value * path.local_value)


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


@pytest.mark.parametrize("optimizer", RULES)
@pytest.mark.parametrize(("output", "loss"), [("relu", "mse"), ("sigmoid", "bce"), ("softmax", "ce")])
def test_the_torch_script_prints_the_same_numbers(optimizer: str, output: str, loss: str) -> None:
    example = replace(DOCUMENT, output=output, loss=loss)
    told, out = taught(example, optimizer), io.StringIO()
    before = torch.get_default_dtype()
    try:
        with contextlib.redirect_stdout(out):
            exec(torch_script(example, HandOptimizer(optimizer)), {})
    finally:
        torch.set_default_dtype(before)
        torch.set_printoptions(profile="default")
    printed = out.getvalue()
    assert float(re.findall(r"^loss = (.*)$", printed, re.M)[0]) == pytest.approx(told.trace.loss, abs=1e-12)
    assert told.after is not None
    assert float(re.findall(r"^new loss = (.*)$", printed, re.M)[0]) == pytest.approx(
        told.after.trace.loss, abs=1e-7
    )


def test_the_csv_holds_every_value_with_its_gradient_and_its_update() -> None:
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(trace_csv(taught())))}
    assert float(rows["w6_2"][0]) == 0.6
    assert float(rows["w6_2"][1]) == pytest.approx(-0.285)
    assert float(rows["w6_2"][2]) == pytest.approx(0.6285)
    assert {*DOCUMENT.parameters, "z1", "a4", "J"} <= set(rows)


def test_the_markdown_has_every_step_and_the_check() -> None:
    text = trace_markdown(taught(), HandOptimizer())
    for step in taught().steps:
        assert f"### {step.title}" in text
    assert text.count("| yes |") == 38


def test_a_formula_reads_as_plain_text() -> None:
    assert plain(r"\frac{\partial J}{\partial w_{51}} = \frac{\partial J}{\partial z_{5}} \cdot a_{1}") == (
        "dJ/dw51 = dJ/dz5 * a1"
    )
    assert plain(r"\hat{y}_{5} = \frac{1}{1 + e^{-z_{5}}}") == "yhat5 = 1 / (1 + e^(-z5))"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.0, "0"),
        (0.30000000000000004, "0.3"),
        (1e-9, "1e-9"),
        (-2.325581, "-2.326"),
        (1234567.0, "1.235e6"),
    ],
)
def test_numbers_have_four_digits_and_no_minus_zero(value: float, written: str) -> None:
    assert four(value) == written
    assert not full(value).startswith("-0.0 ")


@pytest.mark.parametrize(
    "text", ["abc", "", "nan", "inf", "-inf", "1e308", "1/0", "1,5", "0x1", "9" * 60, "--1"]
)
def test_what_is_no_number_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SpecError, match="write a number from"):
        read_number(text, "w11")


@pytest.mark.parametrize(("text", "value"), [("1/4", 0.25), (" -2e-3 ", -0.002), ("−3", -3.0), ("-0", 0.0)])
def test_what_a_person_writes_as_a_number_is_taken(text: str, value: float) -> None:
    assert str(read_number(text, "w11")) == str(value)


@pytest.mark.parametrize("sizes", [(3, 4, 2), (1, 1, 1), (8, 8, 8, 8, 8), (2, 5, 3, 4)])
@pytest.mark.parametrize("narrow", [False, True])
def test_no_two_nodes_of_the_picture_overlap_and_all_lie_inside(sizes: tuple[int, ...], narrow: bool) -> None:
    drawn = geometry(sizes, narrow)
    boxes = list(drawn.nodes.values())
    for place, box in enumerate(boxes):
        assert box.width / 2 <= box.x <= drawn.width - box.width / 2
        assert box.height / 2 <= box.y <= drawn.height - box.height / 2
        assert all(box.overlap(other) == 0 for other in boxes[:place])


def test_the_labels_of_the_document_s_network_hardly_touch() -> None:
    drawn = geometry((3, 4, 2))
    places = list(drawn.labels.values())
    crowded = [
        (a, b)
        for at, a in enumerate(places)
        for b in places[:at]
        if abs(a[0] - b[0]) < 40 and abs(a[1] - b[1]) < 20
    ]
    assert crowded == []


def test_hidden_values_never_reach_the_browser() -> None:
    told = taught(detail="value")
    text = str(picture_data(told, frozenset({"z1"})))
    assert "0.43" not in text
    assert text.count("0.3'") > 0
