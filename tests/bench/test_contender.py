"""What is measured of a contender is the time it takes, whatever its epoch returns."""

from __future__ import annotations

import io
import sys

import pytest

from bench.contender import serve


def test_the_loss_that_an_epoch_returns_is_not_taken_for_its_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("epoch\nepoch\n"))
    serve(lambda: 1e6)
    ready, *seconds = capsys.readouterr().out.splitlines()
    assert ready == "> ready"
    assert len(seconds) == 2
    assert all(0 <= float(line.removeprefix("> ")) < 1e6 for line in seconds)
