"""The card of one neuron or edge: what feeds it, its formulas, and where its gradient comes from.

Owns what a card holds. Every number comes from the trace; knows no page.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.by_hand.example import Example, Unit
from lab.by_hand.formulas import Line, line, slope_line
from lab.by_hand.lesson import Lesson, unit_title, update_line
from lab.by_hand.notation import symbol
from lab.by_hand.tracer import Trace
from lab.texts import text


@dataclass(frozen=True)
class Path:
    """One path of the chain rule: where it comes from, the gradient that arrives, the local derivative, both."""

    via: str
    incoming: str
    incoming_value: float
    local: str
    local_value: float
    value: float


@dataclass(frozen=True)
class Card:
    """All that is known of one neuron or edge, in the order in which it is read."""

    title: str
    text: str
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    paths_to: str
    paths: tuple[Path, ...]
    total: float | None


def card(lesson: Lesson, name: str) -> Card:
    """The card of a picture's element: x1, bias1, u1, J, w1_2 or b1."""
    makers = {"x": _input, "u": _unit, "J": _loss, "w": _parameter, "b": _parameter}
    if name.startswith("bias"):
        return _bias_node(lesson.trace, name)
    return makers[name[0]](lesson, name)


def _paths(trace: Trace, name: str) -> tuple[Path, ...]:
    """Each way the gradient takes back to an input, an activation, a weight or a z."""
    example = trace.example
    found = []
    for share in trace.shares.get(name, ()):
        operation = trace.operations[share.operation]
        via, incoming, local = _read(trace, name, operation.name)
        found.append(
            Path(
                via,
                symbol(example, incoming),
                trace.grads[incoming[1:]],
                local,
                share.partial,
                share.value,
            )
        )
    return tuple(found)


def _read(trace: Trace, name: str, operation: str) -> tuple[str, str, str]:
    """A path in words: what it passes, the gradient that arrives there, and the local derivative's symbol."""
    example = trace.example
    own = symbol(example, name)
    if operation[0] == "p":  # a product hands on what the weighted sum receives
        unit = operation[1:].split("_")[0]
        other = f"w{operation[1:]}" if name[0] != "w" else trace.operations[operation].inputs[1]
        place = unit_title(example, example.unit_of[int(unit)])
        below = rf"\frac{{\partial {symbol(example, 'z' + unit)}}}{{\partial {own}}}"
        return place, f"dz{unit}", rf"{below} = {symbol(example, other)}"
    if operation[0] == "z":
        return unit_title(example, example.unit_of[int(operation[1:])]), f"d{operation}", "1"
    if operation[0] == "a":
        unit_number = int(operation[1:])
        place = unit_title(example, example.unit_of[unit_number])
        single = name[1:] == operation[1:] and example.output != "softmax"
        local = rf"f'({own})" if single else _partial(example, operation, name)
        return text("by_hand.card.activation_of", unit=place), f"d{operation}", local
    if operation == "J":
        return text("by_hand.card.the_sum"), "dJ", "1"
    return text("by_hand.card.the_loss"), f"d{operation}", _partial(example, "J", name)


def _partial(example: Example, above: str, below: str) -> str:
    return rf"\frac{{\partial {symbol(example, above)}}}{{\partial {symbol(example, below)}}}"


def _unit(lesson: Lesson, name: str) -> Card:
    trace = lesson.trace
    unit = trace.example.unit_of[int(name[1:])]
    z, a = f"z{unit.number}", f"a{unit.number}"
    finite = trace.loss is not None
    backward = (line(trace, f"d{a}"), line(trace, f"d{z}")) if finite else ()
    return Card(
        _unit_heading(trace.example, unit),
        _unit_words(trace, unit),
        (line(trace, z), line(trace, a), slope_line(trace, unit)),
        backward,
        symbol(trace.example, f"d{a}"),
        _paths(trace, a) if finite else (),
        trace.grad(a),
    )


def _unit_heading(example: Example, unit: Unit) -> str:
    if unit.layer == example.depth:
        return text("by_hand.card.output", n=unit.number)
    return text("by_hand.card.hidden", n=unit.number)


def _unit_words(trace: Trace, unit: Unit) -> str:
    if trace.is_dead(unit):
        return text("by_hand.card.dead")
    if unit.layer == trace.example.depth:
        return text("by_hand.card.output_feeds")
    return text("by_hand.card.hidden_feeds", n=trace.example.sizes[unit.layer + 1])


def _parameter(lesson: Lesson, name: str) -> Card:
    trace, example = lesson.trace, lesson.trace.example
    unit = example.unit_of[int(name[1:].split("_")[0])]
    place = unit_title(example, unit)
    finite = trace.loss is not None
    if name[0] == "w":
        product = f"p{name[1:]}"
        source = trace.operations[product].inputs[1]
        title = text("by_hand.card.weight", symbol=symbol(example, name))
        words = _carried(example, source, place)
        forward: tuple[Line, ...] = (line(trace, name), line(trace, product), line(trace, f"z{unit.number}"))
    else:
        title = text("by_hand.card.bias", symbol=symbol(example, name))
        words = text("by_hand.card.bias_added", unit=place)
        forward = (line(trace, name), line(trace, f"z{unit.number}"))
    backward = (line(trace, f"d{name}"),) if finite else ()
    steps = {step.name: step for told in lesson.steps for step in told.updates}
    if name in steps:
        backward = (*backward, update_line(example, steps[name]))
    return Card(
        title,
        words,
        forward,
        backward,
        symbol(example, f"d{name}"),
        _paths(trace, name) if finite else (),
        trace.grad(name),
    )


def _carried(example: Example, source: str, place: str) -> str:
    if source[0] == "x":
        return text("by_hand.card.weight_of_input", n=source[1:], unit=place)
    before = unit_title(example, example.unit_of[int(source[1:])])
    return text("by_hand.card.weight_of_unit", source=before, unit=place)


def _input(lesson: Lesson, name: str) -> Card:
    trace = lesson.trace
    backward = (line(trace, f"d{name}"),) if trace.loss is not None else ()
    return Card(
        text("by_hand.card.input", n=name[1:]),
        text("by_hand.card.input_feeds", n=trace.example.sizes[1]),
        (line(trace, name),),
        backward,
        symbol(trace.example, f"d{name}"),
        _paths(trace, name),
        trace.grad(name),
    )


def _loss(lesson: Lesson, name: str) -> Card:
    trace = lesson.trace
    words = text("by_hand.card.loss_says")
    if trace.problem:
        words = text("by_hand.card.loss_problem", problem=trace.problem)
    backward = tuple(line(trace, f"da{unit.number}") for unit in trace.example.outputs)
    forward = (line(trace, "J"),)
    return Card(
        text("by_hand.card.loss"), words, forward, backward if trace.loss is not None else (), "", (), None
    )


def _bias_node(trace: Trace, name: str) -> Card:
    layer = int(name[4:])
    units = trace.example.layers[layer - 1]
    names = [f"b{unit.number}" for unit in units]
    backward = tuple(line(trace, f"d{bias}") for bias in names) if trace.loss is not None else ()
    forward = tuple(line(trace, bias) for bias in names)
    title, words = text("by_hand.card.bias_node", n=layer), text("by_hand.card.bias_node_says")
    return Card(title, words, forward, backward, "", (), None)
