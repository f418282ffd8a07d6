"""The tracer: the whole calculation of one example, written down once.

Owns the record: every operation with its inputs, its value, its local derivatives and the gradient that reaches
it. All that is shown is read from this record. Knows no formula's wording and no torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from lab.by_hand.digits import four, tidy
from lab.by_hand.example import SOFTMAX, Example, Unit, activation_title
from lab.by_hand.offered import SLOPES, TERMS
from lab.parts.activations import ACTIVATIONS
from lab.texts import Text, said

STATES: dict[str, Text] = {
    "infinite": said("by_hand.loss.infinite"),
    "undefined": said("by_hand.loss.undefined"),
}
"""What a loss is called that has no finite value, by its state."""

KINKED = tuple(name for name, slope in SLOPES.items() if slope.jumps == "slope")


@dataclass(frozen=True)
class Operation:
    """One operation: its value, what it was made of, and d(value)/d(input) for each input."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    value: float
    partials: tuple[float, ...]


@dataclass(frozen=True)
class Share:
    """One path of the chain rule: what an operation hands back to one of its inputs."""

    operation: str
    incoming: float
    partial: float

    @property
    def value(self) -> float:
        """The product that this path adds to the gradient."""
        return tidy(self.incoming * self.partial)


@dataclass(frozen=True)
class Trace:
    """The record of one example, forward and backward.

    `grads` is empty when the loss is not a finite number; `problem` then says why, without its full stop.
    """

    example: Example
    values: dict[str, float]
    operations: dict[str, Operation]
    grads: dict[str, float]
    shares: dict[str, tuple[Share, ...]]
    state: str
    problem: Text | None

    @property
    def loss(self) -> float | None:
        """The loss, or None where it is infinite or undefined."""
        return self.values.get("J")

    def grad(self, name: str) -> float | None:
        """dJ/d(name), or None where the loss is not finite."""
        return self.grads.get(name)

    @cached_property
    def kinks(self) -> tuple[str, ...]:
        """The pre-activations that sit on the corner of their activation, to the rounding of their sum."""
        return tuple(
            f"z{unit.number}"
            for units in self.example.layers
            for unit in units
            if self.example.activation_of(unit.layer) in KINKED and self._rounds_to_zero(f"z{unit.number}")
        )

    def _rounds_to_zero(self, name: str) -> bool:
        parts = self.operations[name].inputs
        return abs(self.values[name]) <= 1e-15 * sum(abs(self.values[part]) for part in parts)

    def slope(self, unit: Unit) -> float:
        """f'(z) of a unit whose activation looks at its own z only."""
        return self.operations[f"a{unit.number}"].partials[0]

    def is_dead(self, unit: Unit) -> bool:
        """Whether a ReLU unit lets nothing through, forward or backward."""
        relu = self.example.activation_of(unit.layer) == "relu"
        return relu and self.values[f"z{unit.number}"] <= 0


def softmax(values: tuple[float, ...]) -> tuple[float, ...]:
    """Exponentials that sum to one, without overflow."""
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    return tuple(power / sum(powers) for power in powers)


class _Tape:
    """The record while it is being written."""

    def __init__(self, values: dict[str, float]) -> None:
        self.values = values
        self.operations: dict[str, Operation] = {}

    def write(
        self, name: str, kind: str, inputs: tuple[str, ...], value: float, partials: tuple[float, ...]
    ) -> None:
        self.values[name] = tidy(value)
        self.operations[name] = Operation(name, kind, inputs, tidy(value), tuple(map(tidy, partials)))


def _forward(example: Example) -> _Tape:
    tape = _Tape({**example.inputs, **example.parameters})
    values = tape.values
    for units in example.layers:
        sources = example.sources(units[0].layer)
        for unit in units:
            products = []
            for place, source in enumerate(sources):
                weight = example.weight_name(unit, place)
                products.append(f"p{weight[1:]}")
                w, s = values[weight], values[source]
                tape.write(products[-1], "product", (weight, source), w * s, (s, w))
            parts = (*products, f"b{unit.number}")
            tape.write(f"z{unit.number}", "sum", parts, sum(values[p] for p in parts), (1.0,) * len(parts))
        _activate(example, units, tape)
    return tape


def _activate(example: Example, units: tuple[Unit, ...], tape: _Tape) -> None:
    kind = example.activation_of(units[0].layer)
    inputs = tuple(f"z{unit.number}" for unit in units)
    if kind == SOFTMAX:
        shares = softmax(tuple(tape.values[name] for name in inputs))
        for unit, own in zip(units, shares, strict=True):
            same = [1.0 if other is unit else 0.0 for other in units]
            slopes = tuple(own * (one - share) for one, share in zip(same, shares, strict=True))
            tape.write(f"a{unit.number}", "softmax", inputs, own, slopes)
        return
    value, slope = ACTIVATIONS[kind].value, SLOPES[kind].value
    for unit, name in zip(units, inputs, strict=True):
        z = tape.values[name]
        tape.write(f"a{unit.number}", "activation", (name,), value(z), (slope(z),))


def _loss_problem(example: Example, values: dict[str, float]) -> tuple[str, Text | None]:
    loss = TERMS[example.loss]
    found = [
        (unit, problem)
        for unit, y in zip(example.outputs, example.y, strict=True)
        if (problem := loss.problem(y, values[f"a{unit.number}"]))
    ]
    if not found:
        return "finite", None
    state = "undefined" if any(problem == "undefined" for _, problem in found) else "infinite"
    outputs = tuple(
        said("by_hand.loss.output", unit=unit.number, value=four(values[f"a{unit.number}"]))
        for unit, _ in found
    )
    if example.output in ("sigmoid", SOFTMAX):
        return state, said("by_hand.loss.saturated", loss=loss.title, outputs=outputs)
    fitting = tuple(map(activation_title, loss.fitting_outputs))
    return state, said("by_hand.loss.outside", loss=loss.title, outputs=outputs, activations=fitting)


def trace(example: Example) -> Trace:
    """The complete record of the example: forward, loss, and the chain rule back to every parameter."""
    tape = _forward(example)
    values, operations = tape.values, tape.operations
    values.update(example.targets)
    state, problem = _loss_problem(example, values)
    if problem:
        return Trace(example, values, operations, {}, {}, state, problem)
    loss = TERMS[example.loss]
    terms = []
    for unit, y in zip(example.outputs, example.y, strict=True):
        output, name = f"a{unit.number}", f"J{unit.number}"
        tape.write(name, "term", (output,), loss.value(y, values[output]), (loss.slope(y, values[output]),))
        terms.append(name)
    tape.write("J", "loss", tuple(terms), sum(values[name] for name in terms), (1.0,) * len(terms))
    grads, shares = _backward(operations)
    return Trace(example, values, operations, grads, shares, state, problem)


def _backward(operations: dict[str, Operation]) -> tuple[dict[str, float], dict[str, tuple[Share, ...]]]:
    """The chain rule: walk the record from its end, hand each operation's gradient to its inputs, sum up."""
    collected: dict[str, list[Share]] = {}
    grads = {"J": 1.0}
    for operation in reversed(operations.values()):
        name = operation.name
        if name != "J":
            grads[name] = tidy(sum(share.value for share in collected.get(name, ())))
        for source, partial in zip(operation.inputs, operation.partials, strict=True):
            collected.setdefault(source, []).append(Share(name, grads[name], partial))
    ordered = {name: tuple(reversed(found)) for name, found in collected.items()}
    for name, found in ordered.items():
        if name not in grads:
            grads[name] = tidy(sum(share.value for share in found))
    return grads, ordered
