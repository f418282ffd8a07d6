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
from lab.by_hand.tracer import STATES, Trace
from lab.by_hand.update import HandOptimizer, HandUpdate, Point, advanced, updates
from lab.texts import Text, said, text

DETAILS: dict[str, Text] = {
    "unit": said("by_hand.lesson.detail.unit"),
    "fine": said("by_hand.lesson.detail.fine"),
    "value": said("by_hand.lesson.detail.value"),
}
PHASES: dict[str, Text] = {
    "input": said("by_hand.lesson.phase.input"),
    "forward": said("by_hand.lesson.phase.forward"),
    "loss": said("by_hand.lesson.phase.loss"),
    "backward": said("by_hand.lesson.phase.backward"),
    "update": said("by_hand.lesson.phase.update"),
}
"""What each part of a lesson is called."""


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
    """All steps of one example, with the trace before the update and the one after it.

    Its words are in the language of whoever it was made for.
    """

    point: Point
    after: Point | None
    steps: tuple[LessonStep, ...]

    @property
    def trace(self) -> Trace:
        """The trace that the steps are read from."""
        return self.point.trace


def unit_title(example: Example, unit: Unit) -> str:
    """What a unit is called within a sentence."""
    if unit.layer == example.depth:
        return text("by_hand.unit.output", n=unit.number)
    return text("by_hand.unit.hidden", n=unit.number)


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
    sample = text(
        "by_hand.lesson.sample",
        x=", ".join(four(value) for value in example.x),
        y=", ".join(four(value) for value in example.y),
    )
    return LessonStep("input", "input", text("by_hand.lesson.input"), given, sample)


def _forward(trace: Trace, detail: str) -> Iterator[LessonStep]:
    example = trace.example
    for units in example.layers:
        for unit in units:
            name, title = f"z{unit.number}", text("by_hand.lesson.sum", unit=unit_title(example, unit))
            if detail == "fine":
                yield from _products(trace, unit)
            yield LessonStep(name, "forward", title, (line(trace, name),))
        for unit in units:
            yield _activation_step(trace, unit)


def _activation_step(trace: Trace, unit: Unit) -> LessonStep:
    name, place = f"a{unit.number}", unit_title(trace.example, unit)
    title, words = text("by_hand.lesson.activation", unit=place), ""
    if trace.example.activation_of(unit.layer) == SOFTMAX:
        title, words = text("by_hand.lesson.softmax", unit=place), text("by_hand.lesson.softmax_needs")
    return LessonStep(name, "forward", title, (line(trace, name),), words)


def _products(trace: Trace, unit: Unit) -> Iterator[LessonStep]:
    example, place = trace.example, unit_title(trace.example, unit)
    *products, bias = trace.operations[f"z{unit.number}"].inputs
    running = 0.0
    for count, product in enumerate(products, start=1):
        running += trace.values[product]
        title = text("by_hand.lesson.product", n=count, of=len(products), unit=place)
        words = text("by_hand.lesson.so_far", sum=four(running)) if count > 1 else ""
        yield LessonStep(product, "forward", title, (line(trace, product),), words)
    value = trace.values[bias]
    shown = Line(
        bias,
        text("by_hand.lesson.formula.sum"),
        text("by_hand.lesson.formula.sum_so_far", bias=symbol(example, bias)),
        f"{tex(running)} + {factor(value)}",
        trace.values[f"z{unit.number}"],
        (),
    )
    yield LessonStep(bias, "forward", text("by_hand.lesson.bias", unit=place), (shown,))


def _loss_step(trace: Trace) -> LessonStep:
    words = ""
    if trace.problem:
        words = text("by_hand.loss.here", state=STATES[trace.state], problem=trace.problem)
    return LessonStep("J", "loss", text("by_hand.lesson.loss"), (line(trace, "J"),), words)


def _backward(trace: Trace, detail: str) -> Iterator[LessonStep]:
    for units in reversed(trace.example.layers):
        for unit in units:
            yield _arrival_step(trace, unit)
        for unit in units:
            name, place = f"dz{unit.number}", unit_title(trace.example, unit)
            title = text("by_hand.lesson.sum_gradient", unit=place)
            yield LessonStep(name, "backward", title, (line(trace, name),))
        for unit in units:
            yield from _parameter_gradients(trace, unit, detail)


def _arrival_step(trace: Trace, unit: Unit) -> LessonStep:
    """What reaches a unit's activation on the way back."""
    name, place = f"da{unit.number}", unit_title(trace.example, unit)
    if unit.layer == trace.example.depth:
        title, words = text("by_hand.lesson.output_gradient", unit=place), ""
    else:
        title, words = text("by_hand.lesson.arrival", unit=place), text("by_hand.lesson.paths_add_up")
    return LessonStep(name, "backward", title, (line(trace, name),), words)


def _names_of(example: Example, unit: Unit) -> tuple[str, ...]:
    weights = (example.weight_name(unit, place) for place in range(example.sizes[unit.layer - 1]))
    return (*weights, f"b{unit.number}")


def _parameter_gradients(trace: Trace, unit: Unit, detail: str) -> Iterator[LessonStep]:
    example = trace.example
    lines = tuple(line(trace, f"d{name}") for name in _names_of(example, unit))
    place = unit_title(example, unit)
    if detail == "unit":
        title = text("by_hand.lesson.gradients", unit=place)
        yield LessonStep(f"grads{unit.number}", "backward", title, lines)
        return
    for shown in lines:
        if shown.name.startswith("db"):
            title = text("by_hand.lesson.bias_gradient", unit=place)
        else:
            title = text("by_hand.lesson.weight_gradient", unit=place)
        yield LessonStep(shown.name, "backward", title, (shown,))


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
            place = unit_title(example, unit)
            title = text("by_hand.lesson.update", optimizer=optimizer.rule.title, unit=place)
            if detail == "unit":
                lines = tuple(update_line(example, step) for step in own)
                yield LessonStep(
                    f"update{unit.number}",
                    "update",
                    title,
                    lines,
                    "",
                    own,
                    optimizer.rule.by_hand.formula,
                )
                continue
            for step in own:
                shown = update_line(example, step)
                yield LessonStep(shown.name, "update", title, (shown,), updates=(step,))


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
    words = _change_words(trace, after, optimizer)
    return LessonStep("new_J", "update", text("by_hand.lesson.new_loss"), lines, words)


def _change_words(trace: Trace, after: Trace, optimizer: HandOptimizer) -> str:
    """What the update did to the loss."""
    if after.loss is None or trace.loss is None:
        return text("by_hand.loss.after", state=STATES[after.state], problem=after.problem)
    before, now = four(trace.loss), four(after.loss)
    if after.loss < trace.loss:
        return text("by_hand.lesson.fell", before=before, after=now)
    if after.loss > trace.loss:
        return text("by_hand.lesson.rose", before=before, after=now, lr=four(optimizer.lr))
    return text("by_hand.lesson.same", loss=now)
