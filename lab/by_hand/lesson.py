"""The lesson: a trace put in the order in which it is taught, one step after the other.

Owns the order, the titles and what each step shows. Every formula and number comes from the trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.by_hand.digits import factor, four, tex
from lab.by_hand.example import SOFTMAX, Example, Unit
from lab.by_hand.formulas import Line, line
from lab.by_hand.notation import symbol
from lab.by_hand.tracer import Trace
from lab.by_hand.update import HandOptimizer, HandUpdate, Point, advanced, updates

DETAILS = {
    "unit": "One step per neuron",
    "fine": "Every product and gradient on its own",
    "value": "One value per step",
}


@dataclass(frozen=True)
class LessonStep:
    """One step: what it computes (`focus`), what feeds it, and its formulas, one or several."""

    key: str
    phase: str
    title: str
    lines: tuple[Line, ...]
    text: str = ""
    updates: tuple[HandUpdate, ...] = ()
    formula: str = ""

    @property
    def focus(self) -> tuple[str, ...]:
        """The quantities that this step computes."""
        return tuple(shown.name for shown in self.lines)

    @property
    def feeds(self) -> tuple[str, ...]:
        """The quantities that go into this step, each once."""
        return tuple(dict.fromkeys(name for shown in self.lines for name in shown.feeds))


@dataclass(frozen=True)
class Lesson:
    """All steps of one example, with the trace before the update and the one after it."""

    point: Point
    after: Point | None
    steps: tuple[LessonStep, ...]

    @property
    def trace(self) -> Trace:
        """The trace that the steps are read from."""
        return self.point.trace


def unit_title(example: Example, unit: Unit) -> str:
    """What a unit is called."""
    kind = "output" if unit.layer == example.depth else "hidden unit"
    return f"{kind} {unit.number}"


def lesson(point: Point, optimizer: HandOptimizer, detail: str = "unit") -> Lesson:
    """The whole lesson of one network: forward, loss, backward, update, new loss."""
    after = advanced(point, optimizer)
    steps = [_input_step(point.trace), *_forward(point.trace, detail), _loss_step(point.trace)]
    if point.trace.loss is not None:
        steps += [*_backward(point.trace, detail), *_update_steps(point, optimizer, detail)]
        if after is not None:
            steps.append(_new_loss_step(point.trace, after.trace, optimizer))
    return Lesson(point, after, tuple(steps))


def _input_step(trace: Trace) -> LessonStep:
    example = trace.example
    given = tuple(line(trace, name) for name in (*example.inputs, *example.targets))
    values = ", ".join(four(value) for value in example.x)
    wanted = ", ".join(four(value) for value in example.y)
    text = f"One sample goes in: x = [{values}]. The network should answer y = [{wanted}]."
    return LessonStep("input", "input", "The input and the target", given, text)


def _forward(trace: Trace, detail: str) -> Iterator[LessonStep]:
    example = trace.example
    for units in example.layers:
        for unit in units:
            name, title = f"z{unit.number}", f"Weighted sum of {unit_title(example, unit)}"
            if detail == "fine":
                yield from _products(trace, unit)
            yield LessonStep(name, "forward", title, (line(trace, name),))
        for unit in units:
            kind = example.activation_of(unit.layer)
            verb = "Softmax" if kind == SOFTMAX else "Activation"
            text = "Every output needs the pre-activations of all outputs." if kind == SOFTMAX else ""
            name, title = f"a{unit.number}", f"{verb} of {unit_title(example, unit)}"
            yield LessonStep(name, "forward", title, (line(trace, name),), text)


def _products(trace: Trace, unit: Unit) -> Iterator[LessonStep]:
    example = trace.example
    *products, bias = trace.operations[f"z{unit.number}"].inputs
    running = 0.0
    for count, product in enumerate(products, start=1):
        running += trace.values[product]
        title = f"Product {count} of {len(products)} into {unit_title(example, unit)}"
        text = f"Sum so far: {four(running)}" if count > 1 else ""
        yield LessonStep(product, "forward", title, (line(trace, product),), text)
    value = trace.values[bias]
    written = symbol(example, bias)
    sums = r"\text{sum so far} + " + written
    shown = Line(
        bias, r"\text{sum}", sums, f"{tex(running)} + {factor(value)}", trace.values[f"z{unit.number}"], ()
    )
    yield LessonStep(bias, "forward", f"The bias of {unit_title(example, unit)}", (shown,))


def _loss_step(trace: Trace) -> LessonStep:
    text = f"The loss is {trace.state}. {trace.problem}." if trace.problem else ""
    return LessonStep("J", "loss", "The loss", (line(trace, "J"),), text)


def _backward(trace: Trace, detail: str) -> Iterator[LessonStep]:
    example = trace.example
    for units in reversed(example.layers):
        for kind, what in (("a", "output"), ("z", "weighted sum")):
            for unit in units:
                name = f"d{kind}{unit.number}"
                last = unit.layer == example.depth
                reach = "What reaches" if kind == "a" and not last else f"Gradient at the {what} of"
                text = "One path for each unit it feeds; the paths add up." if reach == "What reaches" else ""
                title = f"{reach} {unit_title(example, unit)}"
                yield LessonStep(name, "backward", title, (line(trace, name),), text)
        for unit in units:
            yield from _parameter_gradients(trace, unit, detail)


def _names_of(example: Example, unit: Unit) -> tuple[str, ...]:
    weights = (example.weight_name(unit, place) for place in range(example.sizes[unit.layer - 1]))
    return (*weights, f"b{unit.number}")


def _parameter_gradients(trace: Trace, unit: Unit, detail: str) -> Iterator[LessonStep]:
    example = trace.example
    lines = tuple(line(trace, f"d{name}") for name in _names_of(example, unit))
    place = unit_title(example, unit)
    if detail == "unit":
        title = f"Gradients of the weights and the bias of {place}"
        yield LessonStep(f"grads{unit.number}", "backward", title, lines)
        return
    for shown in lines:
        what = "bias" if shown.name.startswith("db") else "one weight"
        yield LessonStep(shown.name, "backward", f"Gradient of {what} of {place}", (shown,))


def update_line(example: Example, step: HandUpdate) -> Line:
    """The last formula of an update: the new value of one parameter."""
    put = {"{w}": symbol(example, step.name), "{g}": symbol(example, f"d{step.name}")}
    symbols = step.symbols[-1]
    for mark, written in put.items():
        symbols = symbols.replace(mark, written)
    name = f"new_{step.name}"
    feeds = (step.name, f"d{step.name}")
    return Line(name, symbol(example, name), symbols, step.numbers[-1], step.after, feeds)


def state_lines(example: Example, step: HandUpdate) -> tuple[tuple[str, str], ...]:
    """The formulas of an update before its last one, those of the optimizer's state: symbols and numbers."""
    grad = symbol(example, f"d{step.name}")
    return tuple(
        (symbols.replace("{g}", f"{{{grad}}}"), numbers)
        for symbols, numbers in zip(step.symbols[:-1], step.numbers[:-1], strict=True)
    )


def _update_steps(point: Point, optimizer: HandOptimizer, detail: str) -> Iterator[LessonStep]:
    example = point.trace.example
    by_name = {step.name: step for step in updates(point, optimizer)}
    for units in example.layers:
        for unit in units:
            own = tuple(by_name[name] for name in _names_of(example, unit))
            place, title = unit_title(example, unit), optimizer.rule.title
            if detail == "unit":
                lines = tuple(update_line(example, step) for step in own)
                yield LessonStep(
                    f"update{unit.number}",
                    "update",
                    f"{title} updates {place}",
                    lines,
                    "",
                    own,
                    optimizer.rule.by_hand.formula,
                )
                continue
            for step in own:
                shown = update_line(example, step)
                yield LessonStep(shown.name, "update", f"{title} updates {place}", (shown,), updates=(step,))


def _new_loss_step(trace: Trace, after: Trace, optimizer: HandOptimizer) -> LessonStep:
    shown = line(after, "J")
    left = "J'"
    primed = shown.symbols.replace(r"\hat{y}", r"\hat{y}'")
    lines = (
        Line(
            "new_J",
            left,
            primed,
            shown.numbers,
            after.loss,
            tuple(f"a{u.number}" for u in after.example.outputs),
            shown.remark,
        ),
    )
    if after.loss is None or trace.loss is None:
        text = f"After the update the loss is {after.state}: {after.problem}."
    else:
        change = after.loss - trace.loss
        word = "fell" if change < 0 else "rose" if change > 0 else "did not change"
        text = f"The loss {word}: {four(trace.loss)} before, {four(after.loss)} after one step."
        if change > 0:
            text += f" A learning rate of {four(optimizer.lr)} steps too far here."
    return LessonStep("new_J", "update", "The new loss, after a second forward pass", lines, text)
