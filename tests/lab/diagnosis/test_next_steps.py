"""Every next step is a spec that differs."""

from __future__ import annotations

import math
from typing import Literal

import pytest

from lab import events
from lab.diagnosis import findings
from lab.presets import PRESETS, preset
from lab.runs.history import History
from lab.spec import changed, parse_spec
from lab.training.failures import diverged, given_up
from tests.lab.diagnosis.courses import DIVERGED, STARTED, epoch, found, spec_of, titles, watched


@pytest.mark.parametrize("cause", ["crashed", "ended"])
def test_a_run_lost_for_another_cause_is_offered_no_smaller_batch(cause: Literal["crashed", "ended"]) -> None:
    history = History()
    history.extend([STARTED, given_up(7, 4, events.Loss(cause=cause, signal="SIGABRT"), 100)])
    (finding,) = findings(preset("softmax"), history)
    assert finding.kind == "given_up"
    assert "batch" not in finding.sentence
    assert finding.steps == ()


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_next_step_is_a_run_that_differs(name: str) -> None:
    courses: list[list[events.Event]] = [
        [epoch(1, 1.0, 1.0), epoch(2, 0.5, 0.8), epoch(3, 0.3, 0.9)],
        [epoch(1, 1.0, None), epoch(2, 0.5, None)],
        [epoch(1, 0.1, 0.1), epoch(2, 0.1, 0.1)],
        [epoch(1, 2.3, None, accuracy=0.1)],
        [events.Failed(step=3, cause=DIVERGED)],
    ]
    for course in courses:
        history = History()
        history.extend([STARTED, *course])
        for finding in findings(preset(name), history):
            assert finding.sentence
            for step in finding.steps:
                assert step.spec != preset(name)
                assert parse_spec(step.spec.model_dump_json()) == step.spec


def test_one_who_overfits_is_not_told_to_train_on() -> None:
    course = [
        watched(1, 0.5, 0.6, 0.85, 0.8),
        watched(2, 0.1, 0.57, 0.97, 0.86),
        watched(3, 0.005, 0.83, 1.0, 0.87),
        watched(4, 0.004, 0.82, 1.0, 0.87),
    ]
    said = found(spec_of(data__validation_share=0.2, optimizer={"kind": "adam", "lr": 0.003}), *course)
    assert [finding.kind for finding in said] == ["overfitting", "gap"]
    assert not any(title.startswith(("Train", "Raise")) for title in titles(said))
    assert len(titles(said)) == len(set(titles(said)))


def test_after_divergence_sentence_and_button_say_one_rate() -> None:
    spec = changed(preset("better-mlp"), "train.optimizer", {"kind": "sgd", "lr": 100.0})
    (said,) = found(spec, diverged(4, math.inf, 2.7e5, 8.03, 100.0, spec.train))
    rate = said.steps[0].spec.train.optimizer.lr
    assert f"Try a learning rate of {rate:g}," in said.sentence
    assert "8.03 (100 before the schedule's factor)" in said.sentence
    assert said.steps[0].title == f"Lower the learning rate to {rate:g}"
