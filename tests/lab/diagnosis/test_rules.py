"""No advice contradicts another."""

from __future__ import annotations

import itertools

import pytest

from lab.diagnosis import Finding, NextStep
from lab.diagnosis.rules import consistent
from lab.presets import preset
from lab.spec import changed
from tests.lab.diagnosis.courses import dead, ended, found, losses, spec_of, watched

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
    up = NextStep("raise", changed(spec, "optimizer.lr", 0.1), "raise")
    down = NextStep("lower", changed(spec, "optimizer.lr", 0.0001), "lower")
    on = NextStep("longer", changed(spec, "epochs", 50), "longer")
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
