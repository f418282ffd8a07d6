"""A run is judged by the weights that are kept and by what was measured."""

from __future__ import annotations

import math

import pytest

from lab import events
from lab.training.failures import diverged
from tests.lab.diagnosis.courses import dead, ended, epoch, found, losses, spec_of, titles, watched


def test_an_early_stopped_run_is_judged_by_the_weights_that_are_kept() -> None:
    course = [
        watched(1, 1.0, 1.0, 0.60, 0.6),
        watched(2, 0.9, 0.8, 0.69, 0.69),
        watched(3, 1.1, 1.2, 0.64, 0.6),
    ]
    spec = spec_of(data__validation_share=0.2, train__epochs=40, train__early_stopping=1)
    said = found(spec, *course, dead(0.0, 20), dead(0.9, 30), ended("patience"))
    assert [finding.kind for finding in said] == ["early", "far"]
    assert "epoch 2, get 69%" in said[1].sentence
    assert titles(said) == [
        "Lower the learning rate to 0.0001",
        "Stop early only after 5 epochs without gain",
    ]


def test_a_rate_that_was_set_while_it_ran_is_the_one_to_change() -> None:
    said = found(
        spec_of(optimizer__lr=0.01),
        losses(2.3, 2.3),
        events.LearningRateChanged(step=2, learning_rate=0.5),
        diverged(4, math.nan, 2.3, 0.5, 0.5, spec_of().train),
    )
    assert titles(said)[0] == "Lower the learning rate to 0.05"


@pytest.mark.parametrize(("loss", "word"), [((2.3, 4.7, 4.6), "Lower"), ((2.3, 2.31, 2.29), "Raise")])
@pytest.mark.parametrize("accuracy", [0.1, 0.5])
def test_the_loss_tells_steps_too_large_from_steps_too_small(
    loss: tuple[float, ...], word: str, accuracy: float
) -> None:
    said = found(spec_of(), losses(*loss), epoch(1, 2.2, None, accuracy=accuracy))
    assert [title.split()[0] for title in titles(said) if "learning rate" in title] == [word]
