"""`python -m lab by-hand`: the trace of a file, three ways, and what it says to a file it cannot use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lab.__main__ import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["by-hand", *arguments]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["by-hand", *arguments]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert len(streams.err.strip().splitlines()) == 1
    return streams.err


def test_the_default_is_the_document_s_example(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, "--json"))
    assert found["z1"] == pytest.approx([0.3, 0.5, 0.2, -1.1])
    assert found["a2"] == pytest.approx([0.11, 0.43])
    assert found["loss"] == pytest.approx(0.1685)
    keys = {"W1", "b1", "W2", "b2", "z1", "a1", "z2", "a2"}
    assert set(found["grad"]) == set(found["autograd"]) == set(found["numeric"]) == keys
    for key in keys:
        ours = torch.tensor(found["grad"][key], dtype=torch.float64)
        for other in ("autograd", "numeric"):
            torch.testing.assert_close(
                ours, torch.tensor(found[other][key], dtype=torch.float64), atol=1e-9, rtol=0
            )


def test_a_cross_entropy_without_a_value_is_null_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "network.json"
    path.write_text('{"loss": "ce", "b2": [5, -5], "y": [0, 1]}')
    found = json.loads(printed(capsys, "--spec", str(path), "--json"))
    assert found["loss"] is None
    assert "Softmax" in found["reason"]
    assert found["grad"]["b2"] == [None, None]


@pytest.mark.parametrize("form", [[], ["--markdown"]])
def test_the_worksheet_forms_hold_the_same_numbers(
    form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, *form)
    for figure in ("-1.1", "0.1685", "-0.386", "-0.285", "0.6285"):
        assert figure in text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"x": [1, 2]}', "3 values; allowed: 2"),
        ('{"W1": [[1, NaN, 2]]}', "W1[0][1]"),
        ('{"x": [1, 2, "a"]}', "x[2]"),
        ('{"x": [1, 2, true]}', "x[2]"),
        ('{"x": [1, 2, 1e308]}', "1e+308"),
        ('{"x": "1 2 3"}', "list of numbers"),
        ('{"W1": [1, 2, 3]}', "one row per unit"),
        ('{"W1": [[1, 2, 3], [1, 2]], "b1": [0, 0], "W2": [[1, 1], [1, 1]]}', "W1 row 2"),
        ('{"weights": [1]}', "unknown key 'weights'"),
        ('{"hidden": "rleu"}', "did you mean 'relu'"),
        ('{"loss": "mes"}', "did you mean 'mse'"),
        ('{"output": 5}', "output"),
        ('{"W4": [[1]]}', "W3"),
        ('{"x": [1], "x": [2]}', "twice"),
        ("[1, 2]", "one JSON object"),
        ("{not json", "no JSON"),
        ("", "no JSON"),
        ('{"W9": [[1]]}', "allowed: 8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_key_value_and_what_is_allowed(
    text: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "network.json"
    path.write_text(text)
    assert named in refused(capsys, "--spec", str(path), "--json")


def test_a_file_that_is_not_there_or_no_text_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "nowhere.json" in refused(capsys, "--spec", str(tmp_path / "nowhere.json"))
    (tmp_path / "bytes").write_bytes(bytes(range(128, 256)))
    assert "UTF-8" in refused(capsys, "--spec", str(tmp_path / "bytes"))
    assert "directory" in refused(capsys, "--spec", str(tmp_path)).lower()


def test_a_learning_rate_out_of_bounds_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "lr" in refused(capsys, "--lr", "nan")
