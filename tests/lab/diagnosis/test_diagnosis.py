"""What is said of a run follows from what happened, failures first."""

from __future__ import annotations

import re

import pytest

from lab import events
from lab.diagnosis import findings
from lab.presets import preset
from lab.runs.history import History
from lab.texts import speaking
from lab.training.failures import given_up
from tests.lab.diagnosis.courses import (
    DIVERGED,
    STARTED,
    dead,
    ended,
    epoch,
    found,
    losses,
    said,
    spec_of,
    watched,
)


@pytest.mark.parametrize(
    "cause",
    [
        DIVERGED,
        events.OutOfMemory(batch_size=100, try_batch_size=25),
        events.DiskFull(folder="/home", unwritten="weights"),
        events.GivenUp(attempts=4, loss=events.Loss(cause="crashed", signal="SIGSEGV")),
        events.Refused(what="data", text="train-images is not there"),
        events.Unexpected(error="ZeroDivisionError", text="by zero"),
    ],
)
def test_a_failure_comes_first_and_alone(cause: events.Cause) -> None:
    assert said([epoch(1, 1.0, None), events.Failed(step=3, cause=cause)]) == [cause.kind]


def test_a_run_lost_for_want_of_memory_is_told_in_whole_sentences_with_a_smaller_batch_to_try() -> None:
    history = History()
    size = preset("softmax").train.batch_size
    history.extend([STARTED, given_up(7, 4, events.Loss(cause="out_of_memory", signal="SIGKILL"), size)])
    (finding,) = findings(preset("softmax"), history)
    assert finding.sentence.startswith("Given up after 4 attempts")
    assert f"(SIGKILL). Try a batch size of {size // 4}, or" in finding.sentence
    assert [step.spec.train.batch_size for step in finding.steps] == [size // 4]


def test_findings_and_steps_are_said_in_chinese() -> None:
    with speaking("zh"):
        seen = found(
            spec_of(data__validation_share=0.2),
            losses(2.3, 2.3, 2.2),
            dead(0.6),
            watched(1, 0.4, 0.3, 0.9, 0.9),
            watched(2, 0.2, 0.9, 0.95, 0.9),
            ended("epochs"),
        )
    sentences = [finding.sentence for finding in seen]
    titles = [step.title for finding in seen for step in finding.steps]
    assert any("过拟合" in sentence for sentence in sentences)
    assert all(re.search("[\u4e00-\u9fff]", words) for words in sentences + titles)
