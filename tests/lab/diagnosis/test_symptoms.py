"""What the numbers of a run show."""

from __future__ import annotations

import pytest

from lab import events
from lab.diagnosis import findings
from lab.presets import preset
from lab.runs.history import History
from lab.spec import changed
from tests.lab.diagnosis.courses import dead, ended, epoch, found, losses, said, spec_of, titles, watched


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
    gap = events.EpochDone(
        epoch=1,
        step=10,
        train_loss=0.1,
        train_accuracy=0.99,
        validation_loss=0.3,
        validation_accuracy=0.9,
        epoch_s=0.2,
        samples_per_s=5e4,
        learning_rate=0.001,
    )
    assert said([gap]) == ["gap"]


def test_dead_units_are_named_with_their_layer() -> None:
    layers = (
        events.LayerState(
            name="2 Linear", gradient_norm=0.1, update_ratio=0.001, mean_activation=0.0, dead_share=0.75
        ),
    )
    assert "dead_units" in said([epoch(1, 0.5, None), events.Snapshot(step=10, layers=layers)])


def test_one_worse_epoch_on_the_way_is_not_yet_overfitting() -> None:
    course = [watched(1, 1.9, 1.84, 0.37, 0.3), watched(2, 1.5, 1.93, 0.48, 0.3)]
    spec = spec_of(data__validation_share=0.2, train__early_stopping=1)
    said = found(spec, *course, ended("patience"))
    assert [finding.kind for finding in said] == ["early", "far"]
    more = found(spec_of(), *course, watched(3, 1.3, 2.0, 0.55, 0.3))
    assert [finding.kind for finding in more] == ["overfitting", "gap"]


def test_a_gap_is_not_mended_in_a_network_that_is_far_from_learned() -> None:
    assert [finding.kind for finding in found(spec_of(), watched(1, 1.5, 1.6, 0.6, 0.5))] == ["far"]


def test_units_that_large_steps_killed_want_smaller_steps_first() -> None:
    course = (losses(2.3, 3.8, 2.0), dead(0.6), epoch(1, 1.9, None, accuracy=0.9))
    assert titles(found(spec_of(optimizer__lr=0.1), *course))[0] == "Lower the learning rate to 0.01"
    calm = (losses(2.3, 2.2), *course[1:])
    assert titles(found(spec_of(optimizer__lr=0.1), *calm))[0] == "LeakyReLU instead of ReLU"


@pytest.mark.parametrize(
    ("optimizer", "lower"), [({"kind": "sgd", "lr": 0.6}, 0.06), ({"kind": "adam", "lr": 1.0}, 0.01)]
)
@pytest.mark.parametrize("first", [(), (losses(2.3, 4.7, 2.4),)])
def test_where_all_units_died_the_rate_goes_down(
    optimizer: dict[str, object], lower: float, first: tuple[events.Event, ...]
) -> None:
    said = found(spec_of(optimizer=optimizer), *first, dead(1.0), epoch(1, 2.3, None, accuracy=0.1))
    assert [finding.kind for finding in said] == ["dead_units", "untrained"]
    assert said[0].steps[0].spec.train.optimizer.lr == lower
    assert not any("Raise" in title for title in titles(said))


def test_units_dead_from_the_first_weights_on_are_no_matter_of_the_rate() -> None:
    said = found(spec_of(), losses(2.3, 2.31, 2.3), dead(0.6), epoch(1, 2.3, None, accuracy=0.1))
    assert titles(said)[0] == "Start from He's random weights"
    assert not any("learning rate" in title for title in titles(said))


@pytest.mark.parametrize("kind", ["zeros", "default"])
def test_near_chance_a_gap_is_noise(kind: str) -> None:
    spec = changed(preset("row-lstm"), "network.initialisation.kind", kind)
    said = found(spec, watched(1, 2.301, 2.303, 0.124, 0.104))
    assert [finding.kind for finding in said] == ["symmetric" if kind == "zeros" else "untrained"]


def test_dead_units_are_told_as_they_were_measured() -> None:
    said = found(spec_of(), dead(0.75), epoch(1, 0.1, None, accuracy=0.97))
    assert "75% of the units are dead: zero for all of 100 test images" in said[0].sentence
