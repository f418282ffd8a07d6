"""What is said of a run follows from what happened, and every next step is a spec that differs."""

from __future__ import annotations

import pytest

from lab import events
from lab.diagnosis import findings
from lab.failures import given_up
from lab.history import History
from lab.presets import PRESETS, preset
from lab.spec import changed, parse_spec

STARTED = events.Started("cpu", "mnist", 1000, 100, 100, 10, 10, 5, 100)


def epoch(number: int, train: float, validation: float | None, accuracy: float = 0.9) -> events.EpochDone:
    share = None if validation is None else accuracy - 0.01
    return events.EpochDone(number, number * 10, train, accuracy, validation, share, 0.2, 5e4, 0.001)


def said(what: list[events.Event], name: str = "document-mlp") -> list[str]:
    history = History()
    history.extend([STARTED, *what])
    return [finding.kind for finding in findings(preset(name), history)]


def test_a_falling_loss_is_still_improving() -> None:
    assert said([epoch(1, 1.0, None), epoch(2, 0.8, None)]) == ["improving"]


def test_a_flat_loss_has_settled() -> None:
    assert said([epoch(1, 0.1, 0.1), epoch(2, 0.099, 0.099)]) == ["settled"]


def test_a_rising_validation_loss_is_overfitting_from_that_epoch() -> None:
    history = History()
    history.extend([epoch(1, 1.0, 1.0), epoch(2, 0.5, 0.8), epoch(3, 0.3, 0.9), epoch(4, 0.2, 1.0)])
    first = findings(preset("softmax"), history)[0]
    assert first.kind == "overfitting"
    assert "from epoch 3" in first.sentence


def test_a_run_that_reads_less_than_half_is_not_praised() -> None:
    slow = [epoch(number, 2.3 - 0.01 * number, None, accuracy=0.3 + 0.01 * number) for number in range(1, 11)]
    assert said(slow) == ["far"]
    assert said([epoch(1, 2.0, 2.1, accuracy=0.29)]) == ["far"]


def test_one_epoch_has_not_settled() -> None:
    assert said([epoch(1, 0.3, None)]) == ["short"]


def test_both_losses_rising_is_not_overfitting() -> None:
    assert "overfitting" not in said([epoch(1, 1.0, 1.0), epoch(2, 1.2, 1.2)])


def test_a_gap_between_training_and_validation_is_named() -> None:
    gap = events.EpochDone(1, 10, 0.1, 0.99, 0.3, 0.9, 0.2, 5e4, 0.001)
    assert said([gap]) == ["gap"]


def test_dead_units_are_named_with_their_layer() -> None:
    layers = (events.LayerState("2 Linear", 0.1, 0.001, 0.0, 0.75),)
    assert "dead_units" in said([epoch(1, 0.5, None), events.Snapshot(10, layers)])


def test_zeros_are_told_from_other_ways_of_not_learning() -> None:
    history = History()
    history.extend([STARTED, epoch(1, 2.3, None, accuracy=0.11)])
    zeros = changed(preset("document-mlp"), "network.initialisation.kind", "zeros")
    assert [finding.kind for finding in findings(zeros, history)] == ["symmetric"]
    assert [finding.kind for finding in findings(preset("document-mlp"), history)] == ["untrained"]


@pytest.mark.parametrize("cause", ["diverged", "out_of_memory", "disk_full", "lost", "data", "error"])
def test_a_failure_comes_first_and_alone(cause: str) -> None:
    assert said([epoch(1, 1.0, None), events.Failed(3, "It broke.", "Mend it.", cause)]) == [cause]


def test_a_lost_run_is_told_in_whole_sentences_with_a_smaller_batch_to_try() -> None:
    history = History()
    history.extend(
        [STARTED, given_up(7, 4, "its process was ended by SIGKILL", preset("softmax").train.batch_size)]
    )
    (finding,) = findings(preset("softmax"), history)
    batch = preset("softmax").train.batch_size // 4
    assert finding.sentence.startswith("Given up after 4 attempts")
    assert f"SIGKILL. Try a batch size of {batch}, or" in finding.sentence
    assert [step.spec.train.batch_size for step in finding.steps] == [batch]


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_next_step_is_a_run_that_differs(name: str) -> None:
    courses = [
        [epoch(1, 1.0, 1.0), epoch(2, 0.5, 0.8), epoch(3, 0.3, 0.9)],
        [epoch(1, 1.0, None), epoch(2, 0.5, None)],
        [epoch(1, 0.1, 0.1), epoch(2, 0.1, 0.1)],
        [epoch(1, 2.3, None, accuracy=0.1)],
        [events.Failed(3, "The loss became NaN.", "", "diverged")],
    ]
    for course in courses:
        history = History()
        history.extend([STARTED, *course])
        for finding in findings(preset(name), history):
            assert finding.sentence
            for step in finding.steps:
                assert step.spec != preset(name)
                assert parse_spec(step.spec.model_dump_json()) == step.spec
