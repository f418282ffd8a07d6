"""Each rule moves one parameter as torch's optimizer does, whatever the gradients."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.by_hand.script import torch_optimizer
from lab.by_hand.update import HandOptimizer
from lab.by_hand.update_rules import DECAY, MOMENTUM, RULES, Moment, State

slopes = st.lists(st.floats(-10, 10), min_size=1, max_size=6)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=25)
@given(first=st.floats(-5, 5), gradients=slopes, lr=st.floats(1e-3, 0.5))
def test_a_parameter_moves_as_torch_moves_it(
    name: str, first: float, gradients: list[float], lr: float
) -> None:
    rule = RULES[name]
    options = {option.name: option.default for option in rule.options}
    parameter = torch.tensor([first], dtype=torch.float64, requires_grad=True)
    stepper = eval(torch_optimizer(HandOptimizer(name, lr)), {"torch": torch, "parameters": [parameter]})
    state: State = {}
    w = first
    for t, g in enumerate(gradients, start=1):
        state, w, lines = rule.step(Moment(w, g, state, t, lr, options))
        assert lines
        assert set(state) == set(rule.keeps)
        parameter.grad = torch.tensor([g], dtype=torch.float64)
        stepper.step()
        assert w == pytest.approx(parameter.item(), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_its_words_and_defaults_within_bounds(name: str) -> None:
    rule = RULES[name]
    assert rule.name == name
    assert rule.title
    assert rule.summary.endswith(".")
    assert all(option.allows(option.default) for option in rule.options)


def test_an_open_end_is_left_out() -> None:
    assert DECAY.allows(1.0)
    assert not MOMENTUM.allows(1.0)
    assert MOMENTUM.allows(math.nextafter(1.0, 0.0))
    assert (DECAY.allowed, MOMENTUM.allowed) == ("0 to 1", "0 to below 1")
