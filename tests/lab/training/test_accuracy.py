"""The presets keep what their words promise, on the real test set."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import data
from lab.events import Finished
from lab.presets import preset
from lab.training.loop import train

pytestmark = pytest.mark.mnist


def finished(name: str, home: Path) -> Finished:
    last = list(train(preset(name), data.load("mnist", home)))[-1]
    assert isinstance(last, Finished)
    return last


def test_the_documents_network_reaches_what_the_documents_script_does(home: Path) -> None:
    assert finished("document-mlp", home).test_accuracy == pytest.approx(0.935, abs=0.006)


def test_the_better_recipe_passes_98_percent_in_five_epochs(home: Path) -> None:
    end = finished("better-mlp", home)
    assert len(end.epoch_s) == 5
    assert end.test_accuracy >= 0.98
