"""The worked example to take home: JSON, CSV, Markdown with LaTeX, and plain text.

Owns these four forms; every number comes from the trace. Knows no files and no page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from lab.by_hand.digits import four, full
from lab.by_hand.example import SOFTMAX, Example, activation_title
from lab.by_hand.lesson import PHASES, Lesson, state_lines
from lab.by_hand.notation import plain, symbol
from lab.by_hand.offered import TERMS
from lab.by_hand.oracles import Comparison, autograd, comparisons, numeric
from lab.by_hand.tracer import Trace
from lab.by_hand.update import HandOptimizer
from lab.parts.activations import ACTIVATIONS
from lab.texts import text

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
        found["loss_state"], found["reason"] = trace.state, str(trace.problem)
    found["grad"] = _shaped(example, trace.grads)
    found["autograd"] = _shaped(example, autograd(example) if finite else {})
    found["numeric"] = _shaped(example, numeric(trace) if finite else {})
    if trace.kinks:
        found["kinks"] = list(trace.kinks)
    return found


def trace_csv(lesson: Lesson) -> str:
    """Every value and gradient of the example, one row each; as programs read it, in one language."""
    trace = lesson.trace
    new = lesson.after.trace.example.parameters if lesson.after else {}
    rows = []
    for name, value in trace.values.items():
        if name == "J" or not name.startswith("J"):
            grad = trace.grads.get(name)
            after = full(new[name]) if name in new else ""
            rows.append(
                _row(key=name, value=full(value), grad="" if grad is None else full(grad), after=after)
            )
    if trace.problem:
        rows.append(_row(key="J", value=trace.state))
    if lesson.after is not None and lesson.after.trace.loss is not None:
        rows.append(_row(key="J after the update", value=full(lesson.after.trace.loss)))
    return _csv(rows, fieldnames=("quantity", "value", "gradient", "value after the update"))


def _row(*, key: str, value: str, grad: str = "", after: str = "") -> tuple[str, ...]:
    return key, value, grad, after


def _csv(rows: list[tuple[str, ...]], *, fieldnames: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([fieldnames, *rows])
    return out.getvalue()


def _title(example: Example) -> str:
    return "-".join(map(str, example.sizes))


def _formula(name: str) -> str:
    return r"a_i = e^{z_i} / \sum_j e^{z_j}" if name == SOFTMAX else ACTIVATIONS[name].formula


def trace_markdown(lesson: Lesson, optimizer: HandOptimizer, check: bool = True) -> str:
    """The whole worked example as Markdown with LaTeX formulas; `check` adds the table of three gradients."""
    trace, phase = lesson.trace, ""
    rows = _head_rows(trace.example, optimizer)
    for step in lesson.steps:
        if step.phase != phase:
            phase = step.phase
            rows += ["", f"## {PHASES[phase]}"]
        rows += ["", f"### {step.title}", ""]
        rows += [step.text, ""] if step.text else []
        for update in step.updates:
            rows += [f"$$ {left} = {right} $$" for left, right in state_lines(trace.example, update)]
        for line in step.lines:
            right = [
                part for part in (line.symbols, line.numbers) if part not in (line.left, line.result, "")
            ]
            body = " = ".join([line.left, *right, line.result])
            body = body.replace(r" \\ &\quad", "")
            rows += [f"$$ {body} $$"]
            rows += ["", _remark(line.remark)] if line.remark and line.name != "J" else []
    rows += _check_rows(comparisons(trace)) if check and trace.loss is not None else []
    return "\n".join(rows) + "\n"


def _head_rows(example: Example, optimizer: HandOptimizer) -> list[str]:
    x, y = ", ".join(map(four, example.x)), ", ".join(map(four, example.y))
    rule, loss = optimizer.rule, TERMS[example.loss]
    facts = (
        text("by_hand.export.sample", x=x, y=y),
        text(
            "by_hand.export.hidden", name=activation_title(example.hidden), formula=_formula(example.hidden)
        ),
        text(
            "by_hand.export.output", name=activation_title(example.output), formula=_formula(example.output)
        ),
        text("by_hand.export.loss", name=loss.title, formula=loss.formula),
        text(
            "by_hand.export.optimizer", name=rule.title, formula=rule.by_hand.formula, lr=four(optimizer.lr)
        ),
    )
    return [
        f"# {text('by_hand.export.title', sizes=_title(example))}",
        "",
        *(f"- {fact}" for fact in facts),
        "",
        text("by_hand.export.parameters_head"),
        "| --- | --- |",
        *(f"| ${symbol(example, name)}$ | {four(value)} |" for name, value in example.parameters.items()),
    ]


def _remark(remark: str) -> str:
    return text("by_hand.export.remark", remark=remark)


def _check_rows(found: tuple[Comparison, ...]) -> list[str]:
    rows = ["", f"## {text('by_hand.export.check')}", "", text("by_hand.export.check_head")]
    rows.append("| --- | --- | --- | --- | --- |")
    for each in found:
        three = (each.by_chain_rule, each.by_autograd, each.by_difference)
        agrees = text("by_hand.export.agrees") if each.agrees else text("by_hand.export.differs")
        rows.append(f"| {each.name} | {' | '.join(map(four, three))} | {agrees} |")
    notes = dict.fromkeys(each.note for each in found if each.note)
    for note in notes:
        rows += ["", text("by_hand.export.note", note=note)]
    return rows


def trace_text(lesson: Lesson) -> str:
    """The whole worked example as plain text, for a terminal."""
    rows, phase = [], ""
    for step in lesson.steps:
        if step.phase != phase:
            phase = step.phase
            rows += ["", str(PHASES[phase]).upper()]
        rows.append(f"  {step.title}")
        rows += [f"    {step.text}"] if step.text else []
        after = {update.name: update for update in step.updates}
        for line in step.lines:
            update = after.get(line.name.removeprefix("new_"))
            for symbols, numbers in state_lines(lesson.trace.example, update) if update else ():
                rows.append(f"    {plain(symbols)} = {plain(numbers)}")
            parts = [plain(part) for part in (line.left, line.symbols, line.numbers, line.result) if part]
            remark = f"   {_remark(line.remark)}" if line.remark else ""
            rows.append(f"    {' = '.join(dict.fromkeys(parts))}{remark}")
    return "\n".join(rows).strip("\n") + "\n"
