"""By hand offers what the shared tables can compute by hand, under the names that stand in links."""

from __future__ import annotations

import re

import pytest

from lab.by_hand.digits import UNKNOWN
from lab.by_hand.example import DOCUMENT
from lab.by_hand.offered import DRAWS, LR, RULES, SLOPES, TERMS
from lab.by_hand.update import HandOptimizer, start, updates
from lab.parts.activations import ACTIVATIONS
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.losses import LOSSES
from lab.parts.optimizers import OPTIMIZERS


def test_the_names_are_those_of_links_and_files() -> None:
    assert tuple(TERMS) == ("mse", "bce", "ce")
    assert tuple(RULES) == ("sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad")
    assert set(SLOPES) == set(ACTIVATIONS)
    assert set(DRAWS) == set(INITIALISATIONS) - {"run"}


def test_a_kind_that_is_not_written_out_by_hand_is_not_offered() -> None:
    assert LOSSES["hinge"].by_hand is None
    assert OPTIMIZERS["adamax"].by_hand == ()
    assert INITIALISATIONS["run"].by_hand is None


@pytest.mark.parametrize("name", RULES)
def test_a_person_sets_fields_of_the_optimizer_within_its_bounds(name: str) -> None:
    rule = RULES[name]
    for each in (LR, *rule.hyperparameters):
        assert each.bounds.allow(each.default)
        assert not each.bounds.allow(-1.0)
        assert each.title
        assert str(each.bounds)
    rule.optimizer.model_validate(
        {each.name: each.default for each in rule.hyperparameters} | dict(rule.by_hand.fixed)
    )


@pytest.mark.parametrize("name", RULES)
def test_every_line_of_an_update_has_its_numbers_put_in(name: str) -> None:
    for update in updates(start(DOCUMENT), HandOptimizer(name)):
        assert len(update.numbers) == len(update.symbols)
        for line in update.numbers:
            assert not re.search(rf"[a-z]_hat|rest|beta|{UNKNOWN}", line)
        assert set(update.new_state) == set(RULES[name].by_hand.keeps)
