"""The update of every parameter, and repeated steps of training on the one sample.

Owns the optimizer's choice, its state from step to step, and the network after each. Knows no torch:
torch.optim is what the tests compare with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.by_hand.digits import tidy
from lab.by_hand.example import Example
from lab.by_hand.tracer import Trace, trace
from lab.by_hand.update_rules import RULES, Moment, Rule, State


@dataclass(frozen=True)
class HandUpdate:
    """One parameter's update: value, gradient and state before, state and value after, and the formulas."""

    name: str
    before: float
    grad: float
    state: State
    new_state: State
    after: float
    symbols: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class HandOptimizer:
    """A rule with its learning rate and the options that differ from the rule's defaults."""

    name: str = "sgd"
    lr: float = 0.1
    changed: tuple[tuple[str, float], ...] = ()

    @property
    def rule(self) -> Rule:
        """The rule of this optimizer."""
        return RULES[self.name]

    @property
    def options(self) -> dict[str, float]:
        """Every option of the rule with its value."""
        own = dict(self.changed)
        return {option.name: own.get(option.name, option.default) for option in self.rule.options}


@dataclass(frozen=True)
class Point:
    """The network after some steps of training on its sample: trace and optimizer state, ready for the next."""

    taken: int
    trace: Trace
    states: Mapping[str, State]


def updates(point: Point, optimizer: HandOptimizer) -> tuple[HandUpdate, ...]:
    """The next update of every parameter; empty where the loss is not finite."""
    now = point.trace
    if now.loss is None:
        return ()
    found = []
    for name, value in now.example.parameters.items():
        state = point.states.get(name, dict.fromkeys(optimizer.rule.keeps, 0.0))
        moment = Moment(value, now.grads[name], state, point.taken + 1, optimizer.lr, optimizer.options)
        new_state, after, lines = optimizer.rule.step(moment)
        found.append(
            HandUpdate(
                name,
                value,
                now.grads[name],
                state,
                new_state,
                tidy(after),
                tuple(line[0] for line in lines),
                tuple(line[1] for line in lines),
            )
        )
    return tuple(found)


def start(example: Example) -> Point:
    """The network before any step."""
    return Point(0, trace(example), {})


def advanced(point: Point, optimizer: HandOptimizer) -> Point | None:
    """The network one step later; None where no finite step can be taken."""
    steps = updates(point, optimizer)
    if not steps:
        return None
    try:
        after = point.trace.example.changed({step.name: step.after for step in steps})
    except ValueError:  # a diverged step leaves the allowed numbers
        return None
    return Point(point.taken + 1, trace(after), {step.name: step.new_state for step in steps})
