"""A lesson as CSV and Markdown holds every number."""

from __future__ import annotations

import csv
import io

import pytest

from lab.by_hand.example import DOCUMENT
from lab.by_hand.exports import trace_csv, trace_markdown
from lab.by_hand.update import HandOptimizer
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
