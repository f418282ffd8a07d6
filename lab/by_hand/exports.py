"""The worked example to take home: JSON, CSV, Markdown with LaTeX, and plain text.

Owns these four forms; every number comes from the trace. Knows no files and no page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from lab.by_hand.digits import four, full
from lab.by_hand.example import SOFTMAX, Example
from lab.by_hand.formulas import GIVEN
from lab.by_hand.lesson import Lesson, state_lines
from lab.by_hand.notation import plain, symbol
from lab.by_hand.offered import TERMS
from lab.by_hand.oracles import Comparison, autograd, comparisons, numeric
from lab.by_hand.tracer import Trace
from lab.by_hand.update import HandOptimizer
from lab.parts.activations import ACTIVATIONS

Gradients = Mapping[str, float | None]


def _shaped(example: Example, values: Gradients) -> dict[str, Any]:
    """Gradients by layer: W as rows, b, z and a as lists."""
    found: dict[str, Any] = {}
    for layer, units in enumerate(example.layers, start=1):
        places = range(example.sizes[layer - 1])
        found[f"W{layer}"] = [[values.get(example.weight_name(u, place)) for place in places] for u in units]
        for kind in "bza":
            found[f"{kind}{layer}"] = [values.get(f"{kind}{unit.number}") for unit in units]
    return found


def trace_json(trace: Trace) -> dict[str, Any]:
    """The trace as JSON-ready values; where the loss is not finite it is null, and `reason` says why."""
    example, finite = trace.example, trace.loss is not None
    found: dict[str, Any] = {}
    for layer, units in enumerate(example.layers, start=1):
        for kind in "za":
            found[f"{kind}{layer}"] = [trace.values[f"{kind}{unit.number}"] for unit in units]
    found["loss"] = trace.loss
    if not finite:
        found["loss_state"], found["reason"] = trace.state, trace.problem
    found["grad"] = _shaped(example, trace.grads)
    found["autograd"] = _shaped(example, autograd(example) if finite else {})
    found["numeric"] = _shaped(example, numeric(trace) if finite else {})
    if trace.kinks:
        found["kinks"] = list(trace.kinks)
    return found


def trace_csv(lesson: Lesson) -> str:
    """Every value and gradient of the example, one row each."""
    trace = lesson.trace
    new = lesson.after.trace.example.parameters if lesson.after else {}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["quantity", "value", "gradient", "value after the update"])
    for name, value in trace.values.items():
        if name == "J" or not name.startswith("J"):
            grad = trace.grads.get(name)
            row = [name, full(value), "" if grad is None else full(grad)]
            writer.writerow([*row, full(new[name]) if name in new else ""])
    if trace.problem:
        writer.writerow(["J", trace.state, "", ""])
    if lesson.after is not None and lesson.after.trace.loss is not None:
        writer.writerow(["J after the update", full(lesson.after.trace.loss), "", ""])
    return out.getvalue()


def _title(example: Example) -> str:
    return "-".join(map(str, example.sizes))


def _activation_words(name: str) -> str:
    if name == SOFTMAX:
        return r"Softmax, $a_i = e^{z_i} / \sum_j e^{z_j}$"
    return f"{ACTIVATIONS[name].title}, ${ACTIVATIONS[name].formula}$"


def trace_markdown(lesson: Lesson, optimizer: HandOptimizer, check: bool = True) -> str:
    """The whole worked example as Markdown with LaTeX formulas; `check` adds the table of three gradients."""
    trace, example = lesson.trace, lesson.trace.example
    rows = [
        f"# The {_title(example)} network by hand",
        "",
        f"- Input: x = [{', '.join(map(four, example.x))}], target: y = [{', '.join(map(four, example.y))}]",
        f"- Hidden activation: {_activation_words(example.hidden)}",
        f"- Output activation: {_activation_words(example.output)}",
        f"- Loss: {TERMS[example.loss].title}, ${TERMS[example.loss].formula}$",
        f"- Optimizer: {optimizer.rule.title}, ${optimizer.rule.by_hand.formula}$, learning rate {four(optimizer.lr)}",
        "",
        "| Parameter | Value |",
        "| --- | --- |",
        *(f"| ${symbol(example, name)}$ | {four(value)} |" for name, value in example.parameters.items()),
    ]
    phase = ""
    for step in lesson.steps:
        if step.phase != phase:
            phase = step.phase
            rows += ["", f"## {phase.capitalize()}"]
        rows += ["", f"### {step.title}", ""]
        rows += [step.text, ""] if step.text else []
        for update in step.updates:
            rows += [f"$$ {left} = {right} $$" for left, right in state_lines(example, update)]
        for line in step.lines:
            right = [
                part for part in (line.symbols, line.numbers) if part not in (line.left, line.result, GIVEN)
            ]
            body = " = ".join([line.left, *right, line.result])
            body = body.replace(r" \\ &\quad", "")
            rows += [f"$$ {body} $$"]
            rows += ["", f"({line.remark})"] if line.remark and line.name != "J" else []
    rows += _check_rows(comparisons(trace)) if check and trace.loss is not None else []
    return "\n".join(rows) + "\n"


def _check_rows(found: tuple[Comparison, ...]) -> list[str]:
    rows = ["", "## Check", "", "| Gradient of | Chain rule | Autograd | Central difference | Agree |"]
    rows.append("| --- | --- | --- | --- | --- |")
    for each in found:
        three = (each.by_chain_rule, each.by_autograd, each.by_difference)
        rows.append(f"| {each.name} | {' | '.join(map(four, three))} | {'yes' if each.agrees else 'NO'} |")
    notes = dict.fromkeys(each.note for each in found if each.note)
    return [*rows, *(f"\n{note[:1].upper()}{note[1:]}." for note in notes)]


def trace_text(lesson: Lesson) -> str:
    """The whole worked example as plain text, for a terminal."""
    rows, phase = [], ""
    for step in lesson.steps:
        if step.phase != phase:
            phase = step.phase
            rows += ["", phase.upper()]
        rows.append(f"  {step.title}")
        rows += [f"    {step.text}"] if step.text else []
        after = {update.name: update for update in step.updates}
        for line in step.lines:
            update = after.get(line.name.removeprefix("new_"))
            for symbols, numbers in state_lines(lesson.trace.example, update) if update else ():
                rows.append(f"    {plain(symbols)} = {plain(numbers)}")
            parts = [plain(part) for part in (line.left, line.symbols, line.numbers, line.result)]
            parts = [part for part in dict.fromkeys(parts) if part != "given"]
            rows.append(f"    {' = '.join(parts)}{f'   ({line.remark})' if line.remark else ''}")
    return "\n".join(rows).strip("\n") + "\n"
