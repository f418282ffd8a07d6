"""What is said of a run follows from what happened, and every next step is a spec that differs."""

from __future__ import annotations

import itertools
import math
from typing import Literal

import pytest

from lab import events
from lab.diagnosis import Finding, NextStep, findings
from lab.diagnosis.rules import consistent
from lab.presets import PRESETS, preset
from lab.runs.history import History
from lab.spec import RunSpec, changed, parse_spec
from lab.training.failures import diverged, given_up

STARTED = events.Started(
    device="cpu",
    dataset="mnist",
    train_samples=1000,
    validation_samples=100,
    test_samples=100,
    parameters=10,
    steps_per_epoch=10,
    epochs=5,
    batch_size=100,
)


def epoch(number: int, train: float, validation: float | None, accuracy: float = 0.9) -> events.EpochDone:
    share = None if validation is None else accuracy - 0.01
    return events.EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=train,
        train_accuracy=accuracy,
        validation_loss=validation,
        validation_accuracy=share,
        epoch_s=0.2,
        samples_per_s=5e4,
        learning_rate=0.001,
    )


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


def test_zeros_are_told_from_other_ways_of_not_learning() -> None:
    history = History()
    history.extend([STARTED, epoch(1, 2.3, None, accuracy=0.11)])
    zeros = changed(preset("document-mlp"), "network.initialisation.kind", "zeros")
    assert [finding.kind for finding in findings(zeros, history)] == ["symmetric"]
    assert [finding.kind for finding in findings(preset("document-mlp"), history)] == ["untrained"]


DIVERGED = events.Diverged(
    loss="nan", before=2.5, learning_rate=0.1, base_rate=0.1, try_rate=0.01, try_clipping=True
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
    courses = [
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


def watched(number: int, train: float, validation: float, accuracy: float, new: float) -> events.EpochDone:
    """An epoch whose validation accuracy is told too."""
    return events.EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=train,
        train_accuracy=accuracy,
        validation_loss=validation,
        validation_accuracy=new,
        epoch_s=0.2,
        samples_per_s=5e4,
        learning_rate=0.001,
    )


def losses(*values: float) -> events.StepsDone:
    return events.StepsDone(
        step=len(values), losses=values, learning_rate=0.001, samples_per_s=5e4, elapsed_s=0.2
    )


def dead(share: float, step: int = 10) -> events.Snapshot:
    return events.Snapshot(
        step=step,
        layers=(
            events.LayerState(
                name="2 Linear", gradient_norm=0.1, update_ratio=0.001, mean_activation=0.0, dead_share=share
            ),
        ),
    )


def ended(by: Literal["epochs", "patience"] = "epochs") -> events.Finished:
    return events.Finished(
        step=50,
        test_accuracy=0.6,
        test_low=0.5,
        test_high=0.7,
        test_loss=1.0,
        confusion=(),
        elapsed_s=1.0,
        epoch_s=(0.2,),
        samples_per_s=5e4,
        ended_by=by,
        best_epoch=1,
        patience=1,
    )


def spec_of(**fields: object) -> RunSpec:
    """The document's run with some fields changed: optimizer__lr is optimizer.lr."""
    spec = preset("document-mlp")
    for path, value in fields.items():
        spec = changed(spec, path.replace("__", "."), value)
    return spec


def found(spec: RunSpec, *what: events.Event) -> list[Finding]:
    history = History()
    history.extend([STARTED, *what])
    return findings(spec, history)


def titles(said: list[Finding]) -> list[str]:
    return [step.title for finding in said for step in finding.steps]


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


def test_an_early_stopped_run_is_judged_by_the_weights_that_are_kept() -> None:
    course = [
        watched(1, 1.0, 1.0, 0.60, 0.6),
        watched(2, 0.9, 0.8, 0.69, 0.69),
        watched(3, 1.1, 1.2, 0.64, 0.6),
    ]
    spec = spec_of(data__validation_share=0.2, train__epochs=40, train__early_stopping=1)
    said = found(spec, *course, dead(0.0, 20), dead(0.9, 30), ended("early stopping: ..."))
    assert [finding.kind for finding in said] == ["early", "far"]
    assert "epoch 2, read 69%" in said[1].sentence
    assert titles(said) == [
        "Lower the learning rate to 0.0001",
        "Stop early only after 5 epochs without gain",
    ]


def test_one_worse_epoch_on_the_way_is_not_yet_overfitting() -> None:
    course = [watched(1, 1.9, 1.84, 0.37, 0.3), watched(2, 1.5, 1.93, 0.48, 0.3)]
    spec = spec_of(data__validation_share=0.2, train__early_stopping=1)
    said = found(spec, *course, ended("early stopping: ..."))
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


def test_of_zeros_only_the_initialisation_is_said() -> None:
    zeros = spec_of(network__initialisation__kind="zeros")
    said = found(zeros, dead(1.0), watched(1, 2.30, 2.30, 0.12, 0.1), watched(2, 2.29, 2.4, 0.12, 0.1))
    assert [finding.kind for finding in said] == ["symmetric"]
    assert titles(said) == ["Start from He's random weights"]


def test_zeros_do_no_harm_without_a_hidden_layer() -> None:
    softmax = changed(preset("softmax"), "network.initialisation.kind", "zeros")
    assert [finding.kind for finding in found(softmax, epoch(1, 2.2, None, accuracy=0.15))] == ["untrained"]


@pytest.mark.parametrize("kind", ["zeros", "default"])
def test_near_chance_a_gap_is_noise(kind: str) -> None:
    spec = changed(preset("row-lstm"), "network.initialisation.kind", kind)
    said = found(spec, watched(1, 2.301, 2.303, 0.124, 0.104))
    assert [finding.kind for finding in said] == ["symmetric" if kind == "zeros" else "untrained"]


@pytest.mark.parametrize(
    ("field", "value", "accuracy", "kind"),
    [
        ("data.label_noise", 1.0, 0.13, "random_labels"),
        ("data.label_noise", 1.0, 0.99, "random_labels"),
        ("data.label_noise", 0.5, 0.45, "noisy_labels"),
        ("data.label_noise", 0.2, 0.73, "noisy_labels"),
        ("train.l1", 1.0, 0.12, "penalty"),
        ("train.l1", 0.003, 0.5, "penalty"),
        ("train.optimizer.weight_decay", 1.0, 0.12, "penalty"),
    ],
)
def test_a_cause_in_the_spec_is_named_with_its_remedy(
    field: str, value: float, accuracy: float, kind: str
) -> None:
    spec = spec_of(**{field: value})
    said = found(spec, losses(2.3, 2.3), dead(0.6), watched(1, 2.2, 2.4, accuracy, 0.01))
    assert said[0].kind == kind
    assert [step.spec for step in said[0].steps] == [changed(spec, field, 0.0)]
    if kind != "noisy_labels":
        assert len(said) == 1


def test_a_decoupled_weight_decay_is_strong_only_when_it_is_large() -> None:
    course = epoch(1, 1.0, None, accuracy=0.5)
    some = spec_of(optimizer={"kind": "adamw", "lr": 0.001, "weight_decay": 0.5})
    assert [finding.kind for finding in found(some, course)] == ["far"]
    much = changed(some, "optimizer.weight_decay", 10.0)
    assert [finding.kind for finding in found(much, course)] == ["penalty"]


def test_few_wrong_labels_do_not_excuse_a_run_that_reads_nothing() -> None:
    said = found(spec_of(data__label_noise=0.3), epoch(1, 2.3, None, accuracy=0.12))
    assert [finding.kind for finding in said] == ["untrained"]


def test_after_divergence_sentence_and_button_say_one_rate() -> None:
    spec = changed(preset("better-mlp"), "train.optimizer", {"kind": "sgd", "lr": 100.0})
    (said,) = found(spec, diverged(4, math.inf, 2.7e5, 8.03, 100.0, spec.train))
    rate = said.steps[0].spec.train.optimizer.lr
    assert f"Try a learning rate of {rate:g}," in said.sentence
    assert "8.03 (100 before the schedule's factor)" in said.sentence
    assert said.steps[0].title == f"Lower the learning rate to {rate:g}"


def test_a_rate_that_was_set_while_it_ran_is_the_one_to_change() -> None:
    said = found(
        spec_of(optimizer__lr=0.01),
        losses(2.3, 2.3),
        events.LearningRateChanged(step=2, learning_rate=0.5),
        diverged(4, math.nan, 2.3, 0.5, 0.5, spec_of().train),
    )
    assert titles(said)[0] == "Lower the learning rate to 0.05"


def test_dead_units_are_told_as_they_were_measured() -> None:
    said = found(spec_of(), dead(0.75), epoch(1, 0.1, None, accuracy=0.97))
    assert "75% of the units are dead: zero for all of 100 test images" in said[0].sentence


@pytest.mark.parametrize(("loss", "word"), [((2.3, 4.7, 4.6), "Lower"), ((2.3, 2.31, 2.29), "Raise")])
@pytest.mark.parametrize("accuracy", [0.1, 0.5])
def test_the_loss_tells_steps_too_large_from_steps_too_small(
    loss: tuple[float, ...], word: str, accuracy: float
) -> None:
    said = found(spec_of(), losses(*loss), epoch(1, 2.2, None, accuracy=accuracy))
    assert [title.split()[0] for title in titles(said) if "learning rate" in title] == [word]


COURSES = {
    "no loss": (),
    "calm": (losses(2.3, 2.3, 2.2),),
    "risen": (losses(2.3, 5.0, 2.4),),
}
EPOCHS = {
    "nothing": [watched(1, 2.31, 2.31, 0.1, 0.1), watched(2, 2.30, 2.4, 0.13, 0.1)],
    "far": [watched(1, 2.0, 2.0, 0.4, 0.4), watched(2, 1.5, 1.5, 0.6, 0.6)],
    "far, overfitting": [
        watched(1, 2.0, 2.0, 0.4, 0.4),
        watched(2, 1.5, 2.5, 0.6, 0.3),
        watched(3, 1.4, 2.5, 0.7, 0.3),
    ],
    "improving": [watched(1, 0.4, 0.4, 0.9, 0.9), watched(2, 0.2, 0.3, 0.95, 0.9)],
    "overfitting": [
        watched(1, 0.4, 0.3, 0.9, 0.9),
        watched(2, 0.2, 0.9, 0.95, 0.9),
        watched(3, 0.01, 0.8, 1.0, 0.9),
    ],
}
CHANGES: list[dict[str, object]] = [
    {},
    {"network__initialisation__kind": "zeros"},
    {"data__label_noise": 0.3},
    {"data__label_noise": 1.0},
    {"train__l1": 1.0},
    {"optimizer__lr": 1.0},
    {"optimizer": {"kind": "adamw", "lr": 0.001, "weight_decay": 10.0}},
]


@pytest.mark.parametrize("changes", CHANGES, ids=str)
@pytest.mark.parametrize("epochs", EPOCHS)
@pytest.mark.parametrize("course", COURSES)
def test_no_advice_contradicts_another(course: str, epochs: str, changes: dict[str, object]) -> None:
    for share, patience, early in itertools.product((0.0, 0.6, 1.0), (0, 1), (False, True)):
        if early and not patience:
            continue
        spec = spec_of(data__validation_share=0.2, train__early_stopping=patience, **changes)
        said = found(
            spec, *COURSES[course], dead(share), *EPOCHS[epochs], ended("patience" if early else "epochs")
        )
        assert said
        kinds = {finding.kind for finding in said}
        ways = [step.way for finding in said for step in finding.steps if step.way]
        assert len(ways) == len(set(ways))
        assert not {"raise", "lower"} <= set(ways)
        assert not ("longer" in ways and kinds & {"overfitting", "early"})
        assert not ("raise" in ways and kinds & {"overfitting", "dead_units"})
        for step in (step for finding in said for step in finding.steps):
            before, after = spec.train, step.spec.train
            if after.optimizer.kind == before.optimizer.kind:
                moved = (after.optimizer.lr > before.optimizer.lr) - (
                    after.optimizer.lr < before.optimizer.lr
                )
                assert moved == {"raise": 1, "lower": -1}.get(step.way, 0)
            assert (after.epochs > before.epochs) == (step.way == "longer")


def test_what_a_finding_rules_out_is_left_unsaid_below_it() -> None:
    spec = preset("softmax")
    up, down, on = (NextStep(way, spec, way) for way in ("raise", "lower", "longer"))
    seen = [
        Finding("overfitting", "hint", "", ()),
        Finding("far", "hint", "", (on, up)),
        Finding("dead_units", "hint", "", (down,)),
        Finding("gap", "hint", "", (on, up, down)),
    ]
    assert [(finding.kind, finding.steps) for finding in consistent(seen)] == [
        ("overfitting", ()),
        ("dead_units", (down,)),
        ("gap", ()),
    ]
    assert consistent([Finding("gap", "hint", "", (up,)), Finding("far", "hint", "", (down, on))]) == [
        Finding("gap", "hint", "", (up,)),
        Finding("far", "hint", "", (on,)),
    ]
