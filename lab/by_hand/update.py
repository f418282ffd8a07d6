"""The update of every parameter, and repeated steps of training on the one sample.

Owns the optimizer's choice, its state from step to step, and the network after each. Knows no torch:
torch.optim is what the tests compare with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lab.by_hand.digits import factor, tex, tidy
from lab.by_hand.example import Example
from lab.by_hand.offered import LR, RULES, HandRule
from lab.by_hand.tracer import Trace, trace
from lab.parts.updates import Rule

State = Mapping[str, float]


@dataclass(frozen=True)
class HandUpdate:
    """One parameter's update: value, gradient and state before, state and value after, and all numbers between."""

    name: str
    before: float
    grad: float
    state: State
    new_state: State
    after: float
    rule: Rule
    values: Mapping[str, float]

    @property
    def symbols(self) -> tuple[str, ...]:
        """The formulas, in symbols."""
        return tuple(symbols for symbols, _ in self.rule.lines)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The same formulas in numbers."""
        return tuple(_filled(numbers, self.values) for _, numbers in self.rule.lines)


@dataclass(frozen=True)
class HandOptimizer:
    """A rule with its learning rate and the options that differ from the rule's defaults."""

    name: str = "sgd"
    lr: float = LR.default
    changed: tuple[tuple[str, float], ...] = ()

    @property
    def rule(self) -> HandRule:
        """The rule of this optimizer."""
        return RULES[self.name]

    @property
    def options(self) -> dict[str, float]:
        """Every option of the rule with its value."""
        own = dict(self.changed)
        return {each.name: own.get(each.name, each.default) for each in self.rule.hyperparameters}


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
    rule, options = optimizer.rule.by_hand, optimizer.options
    found = []
    for name, value in now.example.parameters.items():
        grad = now.grads[name]
        state = point.states.get(name, dict.fromkeys(rule.keeps, 0.0))
        given = {"w": value, "g": grad, "t": point.taken + 1, "lr": optimizer.lr, **options, **state}
        numbers = given | rule.step(**given)
        found.append(
            HandUpdate(
                name,
                value,
                grad,
                state,
                {kept: numbers[f"{kept}'"] for kept in rule.keeps},
                tidy(numbers["w'"]),
                rule,
                numbers,
            )
        )
    return tuple(found)


def _filled(line: str, numbers: Mapping[str, float]) -> str:
    """A line of a rule with its numbers put in."""

    def put(mark: re.Match[str]) -> str:
        write = factor if mark[1] else tex
        return write(numbers[mark[2]])

    return re.sub(r"\{(\(?)([a-z][\w']*)\)?\}", put, line)


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
