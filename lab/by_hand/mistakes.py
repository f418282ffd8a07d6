"""What went wrong in a student's number: the usual mistakes, each computed from the same trace.

Owns the diagnoses and how close is right. Knows no page and keeps no score.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lab.by_hand.example import SOFTMAX, Unit
from lab.by_hand.lesson import Lesson
from lab.by_hand.offered import SLOPES
from lab.by_hand.tracer import Trace
from lab.by_hand.update import HandUpdate
from lab.texts import Text, said

LEAST_SLACK = 5e-5


@dataclass(frozen=True)
class Mistake:
    """One way to get a quantity wrong: the number it leads to, what it is called, and a sentence to the student."""

    kind: str
    value: float
    name: Text
    sentence: Text


BIAS = "bias"
ACTIVATION = "activation"
MASK = "mask"
Z_FOR_A = "z_for_a"
A_FOR_Z = "a_for_z"
SIGN = "sign"
TWO = "two"
TRANSPOSE = "transpose"
ONE_PATH = "one_path"
ONE_OUTPUT = "one_output"
ONE_PRODUCT = "one_product"
SIGN_AND_TWO = "sign_and_two"
OTHER_LOSS = "other_loss"
INPUT = "input"
BIAS_FACTOR = "bias_factor"
WEIGHT_FACTOR = "weight_factor"
ASCENT = "ascent"
NO_RATE = "no_rate"
CHANGE_ONLY = "change_only"
OLD_LOSS = "old_loss"

_WORDS: dict[str, tuple[Text, Text]] = {
    BIAS: (said("by_hand.mistakes.bias.name"), said("by_hand.mistakes.bias.says")),
    ACTIVATION: (said("by_hand.mistakes.activation.name"), said("by_hand.mistakes.activation.says")),
    MASK: (said("by_hand.mistakes.mask.name"), said("by_hand.mistakes.mask.says")),
    Z_FOR_A: (said("by_hand.mistakes.z_for_a.name"), said("by_hand.mistakes.z_for_a.says")),
    A_FOR_Z: (said("by_hand.mistakes.a_for_z.name"), said("by_hand.mistakes.a_for_z.says")),
    SIGN: (said("by_hand.mistakes.sign.name"), said("by_hand.mistakes.sign.says")),
    TWO: (said("by_hand.mistakes.two.name"), said("by_hand.mistakes.two.says")),
    TRANSPOSE: (said("by_hand.mistakes.transpose.name"), said("by_hand.mistakes.transpose.says")),
    ONE_PATH: (said("by_hand.mistakes.one_path.name"), said("by_hand.mistakes.one_path.says")),
    ONE_OUTPUT: (said("by_hand.mistakes.one_output.name"), said("by_hand.mistakes.one_output.says")),
    ONE_PRODUCT: (said("by_hand.mistakes.one_product.name"), said("by_hand.mistakes.one_product.says")),
    SIGN_AND_TWO: (said("by_hand.mistakes.sign_and_two.name"), said("by_hand.mistakes.sign_and_two.says")),
    OTHER_LOSS: (said("by_hand.mistakes.other_loss.name"), said("by_hand.mistakes.other_loss.says")),
    INPUT: (said("by_hand.mistakes.input.name"), said("by_hand.mistakes.input.says")),
    BIAS_FACTOR: (said("by_hand.mistakes.bias_factor.name"), said("by_hand.mistakes.bias_factor.says")),
    WEIGHT_FACTOR: (
        said("by_hand.mistakes.weight_factor.name"),
        said("by_hand.mistakes.weight_factor.says"),
    ),
    ASCENT: (said("by_hand.mistakes.ascent.name"), said("by_hand.mistakes.ascent.says")),
    NO_RATE: (said("by_hand.mistakes.no_rate.name"), said("by_hand.mistakes.no_rate.says")),
    CHANGE_ONLY: (said("by_hand.mistakes.change_only.name"), said("by_hand.mistakes.change_only.says")),
    OLD_LOSS: (said("by_hand.mistakes.old_loss.name"), said("by_hand.mistakes.old_loss.says")),
}
_TWO_IN_THE_LOSS = said("by_hand.mistakes.two.says_half")


def is_close(typed: float, value: float, tolerance: float) -> bool:
    """Whether a typed number counts as a value: within a share of it, and never finer than four decimals."""
    return abs(typed - value) <= max(tolerance * abs(value), LEAST_SLACK)


def expected(lesson: Lesson, name: str) -> float | None:
    """The value that a student should find for a quantity of the lesson."""
    for step in lesson.steps:
        for line in step.lines:
            if line.name == name:
                return line.value
    return None


def diagnoses(lesson: Lesson, name: str, typed: float, tolerance: float) -> tuple[Mistake, ...]:
    """The mistakes that lead to the typed number, the most telling first; empty when it is right or none fits."""
    right = expected(lesson, name)
    if right is None or is_close(typed, right, tolerance):
        return ()
    found: dict[str, Mistake] = {}
    for mistake in mistakes(lesson, name):
        if is_close(typed, mistake.value, tolerance):
            found.setdefault(mistake.kind, mistake)
    return tuple(found.values())


def mistakes(lesson: Lesson, name: str) -> Iterator[Mistake]:
    """Every wrong number that a known mistake gives for a quantity, the most telling first."""
    right = expected(lesson, name)
    if right is None:
        return
    for what, value in (*_specific(lesson, name), (SIGN, -right), (TWO, 2 * right), (TWO, right / 2)):
        if math.isfinite(value) and not math.isclose(value, right, rel_tol=1e-12, abs_tol=1e-15):
            half = what == TWO and (name == "J" or name.startswith("d"))
            called, sentence = _WORDS[what]
            yield Mistake(what, value, called, _TWO_IN_THE_LOSS if half else sentence)


Found = Iterator[tuple[str, float]]


def _specific(lesson: Lesson, name: str) -> Found:
    trace = lesson.trace
    if name == "J":
        return _of_loss(trace)
    if name == "new_J":
        return iter([(OLD_LOSS, trace.values["J"])] if lesson.after else [])
    if name.startswith("new_"):
        steps = (step for told in lesson.steps for step in told.updates)
        return _of_update(next(step for step in steps if step.name == name[4:]))
    kinds = {"z": _of_sum, "a": _of_activation}
    gradients = {"w": _of_weight, "b": _of_bias, "z": _of_delta, "a": _of_arrival}
    if name.startswith("d"):
        return gradients[name[1]](trace, name[1:])
    return kinds[name[0]](trace, name) if name[0] in kinds else iter(())


def _of_sum(trace: Trace, name: str) -> Found:
    *products, bias = trace.operations[name].inputs
    unit = trace.example.unit_of[int(name[1:])]
    yield BIAS, trace.values[name] - trace.values[bias]
    if unit.layer > 1:
        pairs = [trace.operations[product].inputs for product in products]
        yield Z_FOR_A, trace.values[bias] + sum(trace.values[w] * trace.values[f"z{a[1:]}"] for w, a in pairs)
    rows = trace.example.weights[unit.layer - 1]
    column = [row[unit.place] for row in rows if unit.place < len(row)]
    sources = [trace.values[source] for source in trace.example.sources(unit.layer)]
    turned = sum(w * s for w, s in zip(column, sources, strict=False))
    if len(rows) > 1 and column:
        yield TRANSPOSE, trace.values[bias] + turned
    for product in products if len(products) > 1 else ():
        yield ONE_PRODUCT, trace.values[product] + trace.values[bias]


def _of_activation(trace: Trace, name: str) -> Found:
    yield ACTIVATION, trace.values[f"z{name[1:]}"]


def _of_loss(trace: Trace) -> Found:
    terms = [trace.values[name] for name in trace.operations["J"].inputs]
    if len(terms) > 1:
        yield from ((ONE_OUTPUT, term) for term in terms)


def _slope_at(trace: Trace, unit: Unit, at: float) -> float:
    kind = trace.example.activation_of(unit.layer)
    return math.nan if kind == SOFTMAX else SLOPES[kind].value(at)


def _one_path_each(trace: Trace, name: str) -> list[float]:
    """What each unit of the next layer sends back to an activation."""
    unit = trace.example.unit_of[int(name[1:])]
    after = trace.example.layers[unit.layer] if unit.layer < trace.example.depth else ()
    return [trace.grads[f"z{n.number}"] * trace.values[f"w{n.number}_{name[1:]}"] for n in after]


def _turned(trace: Trace, unit: Unit) -> float | None:
    """What reaches a hidden unit when W is used as it stands, row by row, instead of transposed."""
    rows = trace.example.weights[unit.layer]
    if unit.place >= len(rows):
        return None
    deltas = [trace.grads[f"z{n.number}"] for n in trace.example.layers[unit.layer]]
    return sum(w * d for w, d in zip(rows[unit.place], deltas, strict=False))


def _of_arrival(trace: Trace, name: str) -> Found:
    unit = trace.example.unit_of[int(name[1:])]
    if unit.layer == trace.example.depth:
        y, output = trace.values[f"y{unit.number}"], trace.values[name]
        if trace.example.loss == "mse":
            yield SIGN_AND_TWO, 2 * (y - output)
            yield Z_FOR_A, trace.values[f"z{unit.number}"] - y
        else:
            yield OTHER_LOSS, output - y
        return
    paths = _one_path_each(trace, name)
    if len(paths) > 1:
        yield from ((ONE_PATH, path) for path in paths)
    turned = _turned(trace, unit)
    if turned is not None:
        yield TRANSPOSE, turned
    after = trace.example.layers[unit.layer]
    if trace.example.activation_of(unit.layer + 1) != SOFTMAX:
        yield (
            MASK,
            sum(trace.grads[f"a{n.number}"] * trace.values[f"w{n.number}_{name[1:]}"] for n in after),
        )


def _of_delta(trace: Trace, name: str) -> Found:
    unit = trace.example.unit_of[int(name[1:])]
    arrival, output = trace.grads[f"a{unit.number}"], trace.values[f"a{unit.number}"]
    yield MASK, arrival
    softmax = trace.example.activation_of(unit.layer) == SOFTMAX
    slope = trace.operations[f"a{unit.number}"].partials[unit.place if softmax else 0]
    if softmax:
        yield ONE_PATH, arrival * slope
    else:
        yield A_FOR_Z, arrival * _slope_at(trace, unit, output)
    if unit.layer == trace.example.depth:
        y = trace.values[f"y{unit.number}"]
        if trace.example.loss == "mse":
            yield SIGN_AND_TWO, 2 * (y - output) * slope
        else:
            yield OTHER_LOSS, (output - y) * slope
        return
    paths = _one_path_each(trace, f"a{unit.number}")
    if len(paths) > 1:
        yield from ((ONE_PATH, path * slope) for path in paths)
    turned = _turned(trace, unit)
    if turned is not None:
        yield TRANSPOSE, turned * slope


def _of_weight(trace: Trace, name: str) -> Found:
    weight, source = trace.operations[f"p{name[1:]}"].inputs
    unit = trace.example.unit_of[int(name[1:].split("_")[0])]
    delta, arrival = trace.grads[f"z{unit.number}"], trace.grads[f"a{unit.number}"]
    yield MASK, arrival * trace.values[source]
    if source[0] == "a":
        yield Z_FOR_A, delta * trace.values[f"z{source[1:]}"]
    yield INPUT, delta
    yield WEIGHT_FACTOR, delta * trace.values[weight]


def _of_bias(trace: Trace, name: str) -> Found:
    delta = trace.grads[f"z{name[1:]}"]
    yield MASK, trace.grads[f"a{name[1:]}"]
    yield BIAS_FACTOR, delta * trace.values[name]


def _of_update(step: HandUpdate) -> Found:
    change = step.after - step.before
    yield ASCENT, step.before - change
    yield NO_RATE, step.before - step.grad
    yield CHANGE_ONLY, change
