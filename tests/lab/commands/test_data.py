"""`python -m lab data`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.__main__ import main


def test_an_empty_folder_still_has_the_bundled_digits(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main(["data"]) == 0
    shown = capsys.readouterr()
    assert str(home) in shown.out
    assert "Bundled digits" in shown.out
    assert "python -m lab data --fetch" in shown.err


@pytest.mark.mnist
def test_mnist_in_the_folder_is_ready_and_needs_no_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "--fetch", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["problem"] == ""
    assert {row["name"]: row["ready"] for row in answer["data"]} == {"mnist": True, "digits": True}


def test_a_folder_that_cannot_be_made_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "file" / "home"))
    assert main(["data"]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err
