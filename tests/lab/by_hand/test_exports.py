"""A lesson as CSV and Markdown holds every number."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.exports import trace_csv, trace_json, trace_markdown, trace_text
from lab.by_hand.tracer import trace
from lab.by_hand.update import HandOptimizer
from lab.texts import speaking
from tests.lab.by_hand.examples import taught


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


NETWORKS = (
    DOCUMENT,
    replace(DOCUMENT, output="softmax", loss="ce"),
    replace(DOCUMENT, output="sigmoid", loss="bce"),
    replace(DOCUMENT, biases=(DOCUMENT.biases[0], (-5.0, 0.2)), loss="bce"),
    DOCUMENT.changed({"x1": 0.0, "x2": 0.0, "x3": 0.0, "b1": 0.0}),
)


@pytest.mark.parametrize("example", NETWORKS)
def test_the_worksheet_is_in_the_language_of_who_takes_it_home(example: Example) -> None:
    with speaking("zh"):
        told = taught(example, "adam", "fine")
        markdown, plain = trace_markdown(told, HandOptimizer("adam")), trace_text(told)
    lines = [line for line in markdown.splitlines() if line and not line.startswith(("$$", "| $", "| ---"))]
    table = [line for line in lines if re.match(r"\| [a-z]", line)]
    words = [line for line in plain.splitlines() if line and " = " not in line]
    assert [line for line in (*lines, *words) if line.isascii() and line not in table] == []
    assert all("| 是 |" in line or "| 否 |" in line for line in table)


def test_what_programs_read_is_the_same_in_every_language() -> None:
    found = {}
    for code in ("en", "zh"):
        with speaking(code):
            found[code] = (trace_csv(taught()), trace_json(trace(DOCUMENT)))
    assert found["en"] == found["zh"]
