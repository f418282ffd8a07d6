"""An example as a file: what is written is read again, and what cannot be used is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from lab.__main__ import main
from lab.by_hand.example import Example
from lab.by_hand.example_file import as_json, read_example
from lab.by_hand.tracer import trace
from tests.lab.by_hand.examples import examples


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["by-hand", *arguments]) == 0
    return capsys.readouterr().out


@settings(max_examples=40, deadline=None)
@given(examples())
def test_a_file_gives_back_the_example_it_was_written_from(example: Example) -> None:
    assume(example.depth > 1)
    assert read_example(json.dumps(as_json(example))) == example


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(example=examples(most=3))
def test_a_file_of_any_network_is_valid_json_without_nan(
    example: Example, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assume(example.depth > 1)
    path = tmp_path / "network.json"
    path.write_text(json.dumps(as_json(example)))
    text = printed(capsys, "--spec", str(path), "--json")
    found = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    now = trace(example)
    assert found["loss"] == now.loss
    assert ("reason" in found) == (now.loss is None)
    assert list(found["grad"]) == list(found["autograd"]) == list(found["numeric"])
