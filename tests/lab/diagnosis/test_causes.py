"""Causes that stand in the spec."""

from __future__ import annotations

import pytest

from lab.diagnosis import findings
from lab.presets import preset
from lab.runs.history import History
from lab.spec import changed
from tests.lab.diagnosis.courses import STARTED, dead, epoch, found, losses, spec_of, titles, watched


def test_zeros_are_told_from_other_ways_of_not_learning() -> None:
    history = History()
    history.extend([STARTED, epoch(1, 2.3, None, accuracy=0.11)])
    zeros = changed(preset("document-mlp"), "network.initialisation.kind", "zeros")
    assert [finding.kind for finding in findings(zeros, history)] == ["symmetric"]
    assert [finding.kind for finding in findings(preset("document-mlp"), history)] == ["untrained"]


def test_of_zeros_only_the_initialisation_is_said() -> None:
    zeros = spec_of(network__initialisation__kind="zeros")
    said = found(zeros, dead(1.0), watched(1, 2.30, 2.30, 0.12, 0.1), watched(2, 2.29, 2.4, 0.12, 0.1))
    assert [finding.kind for finding in said] == ["symmetric"]
    assert titles(said) == ["Start from He's random weights"]


def test_zeros_do_no_harm_without_a_hidden_layer() -> None:
    softmax = changed(preset("softmax"), "network.initialisation.kind", "zeros")
    assert [finding.kind for finding in found(softmax, epoch(1, 2.2, None, accuracy=0.15))] == ["untrained"]


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
