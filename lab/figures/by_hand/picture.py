"""What the picture of a worked example shows: nodes, edges, values, gradients and what each step lights up.

Owns the plain values that the browser draws. Knows no colours and no pixels beyond the geometry.
"""

from __future__ import annotations

from typing import Any

from lab.by_hand.digits import four, full
from lab.by_hand.example import Unit
from lab.by_hand.lesson import Lesson, unit_title
from lab.by_hand.notation import symbol
from lab.by_hand.tracer import STATES, Trace
from lab.figures.by_hand.geometry import CROWDED, Geometry, connections, geometry
from lab.texts import text

_SUBSCRIPT = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
HIDDEN = "?"


def label(trace: Trace, name: str) -> str:
    """A quantity's symbol in Unicode, for a picture: w₅₁, ŷ₅."""
    written = symbol(trace.example, name).replace(r"\hat{y}", "ŷ")
    letter, _, index = written.partition("_")
    return letter + index.strip("{}").translate(_SUBSCRIPT)


def _sign(value: float | None) -> int:
    return 0 if not value else 1 if value > 0 else -1


def _quantity(trace: Trace, name: str, known: frozenset[str] | None) -> dict[str, Any]:
    def shown(key: str, value: float | None) -> dict[str, Any]:
        if known is not None and key not in known:
            return {"text": HIDDEN, "full": "", "sign": 0}
        return {"text": four(value), "full": full(value), "sign": _sign(value)}

    found = {"name": name, "label": label(trace, name), **shown(name, trace.values.get(name))}
    if trace.loss is not None and name in trace.grads and name != "J":
        found["grad"] = shown(f"d{name}", trace.grads[name])
    return found


def _given(trace: Trace) -> frozenset[str]:
    example = trace.example
    return frozenset((*example.inputs, *example.targets, *example.parameters))


def _after(lesson: Lesson, name: str, known: frozenset[str] | None) -> dict[str, str]:
    """The value after the update, where it may be seen: of the loss and the outputs."""
    if (
        lesson.after is None
        or lesson.after.trace.loss is None
        or (known is not None and "new_J" not in known)
    ):
        return {}
    return {"new": four(lesson.after.trace.values[name])}


def _unit_node(lesson: Lesson, unit: Unit, known: frozenset[str] | None) -> dict[str, Any]:
    trace = lesson.trace
    parts = [_quantity(trace, f"{kind}{unit.number}", known) for kind in "za"]
    hidden = known is not None and f"a{unit.number}" not in known
    if unit.layer == trace.example.depth:
        parts[1].update(_after(lesson, f"a{unit.number}", known))
    return {
        "id": f"u{unit.number}",
        "kind": "unit",
        "title": unit_title(trace.example, unit),
        "parts": parts,
        "dead": trace.is_dead(unit) and not hidden,
    }


def nodes(lesson: Lesson, known: frozenset[str] | None) -> list[dict[str, Any]]:
    """The nodes: inputs, biases, units with z and a, the loss."""
    trace, example = lesson.trace, lesson.trace.example
    found: list[dict[str, Any]] = [
        {
            "id": name,
            "kind": "input",
            "title": text("by_hand.unit.input", n=name[1:]),
            "parts": [_quantity(trace, name, known)],
        }
        for name in example.inputs
    ]
    found += [
        {"id": f"bias{layer}", "kind": "bias", "title": text("by_hand.unit.bias", n=layer), "parts": []}
        for layer in range(1, example.depth + 1)
    ]
    found += [_unit_node(lesson, unit, known) for units in example.layers for unit in units]
    loss = {**_quantity(trace, "J", known), **_after(lesson, "J", known)}
    if trace.loss is None and loss["text"] != HIDDEN:
        loss["text"] = "∞" if trace.state == "infinite" else str(STATES[trace.state])
    return [*found, {"id": "J", "kind": "loss", "title": text("by_hand.unit.loss"), "parts": [loss]}]


def edges(lesson: Lesson, known: frozenset[str] | None) -> list[dict[str, Any]]:
    """The edges: weights and biases with value, gradient and new value; the targets on the way to the loss."""
    trace = lesson.trace
    largest = max((abs(value) for value in trace.example.parameters.values()), default=1.0) or 1.0
    new = lesson.after.trace.example.parameters if lesson.after else {}
    found = []
    for name, source, target in connections(trace.example.sizes):
        if name.startswith("e"):
            wanted = _quantity(trace, f"y{name[1:]}", None)
            found.append({**wanted, "id": name, "from": source, "to": target, "size": 0, "sign": 0})
            continue
        edge = {**_quantity(trace, name, known), "id": name, "from": source, "to": target}
        edge["size"] = abs(trace.values[name]) / largest
        if name in new and (known is None or f"new_{name}" in known):
            edge["new"] = four(new[name])
        found.append(edge)
    return found


def _layout(drawn: Geometry) -> dict[str, Any]:
    return {
        "width": drawn.width,
        "height": drawn.height,
        "stacked": drawn.stacked,
        "nodes": {name: [box.x, box.y, box.width, box.height] for name, box in drawn.nodes.items()},
        "edges": {name: [*start, *end] for name, (start, end) in drawn.edges.items()},
        "labels": {name: list(place) for name, place in drawn.labels.items()},
    }


def picture_data(lesson: Lesson, known: frozenset[str] | None = None) -> dict[str, Any]:
    """All that the browser needs to draw the network and to move through the lesson on its own.

    `known` names the values that may be seen; None shows all.
    """
    trace = lesson.trace
    allowed = None if known is None else known | _given(trace)
    sizes = trace.example.sizes
    drawn = edges(lesson, allowed)
    return {
        "nodes": nodes(lesson, allowed),
        "edges": drawn,
        "crowded": len(drawn) > CROWDED,
        "wide": _layout(geometry(sizes)),
        "narrow": _layout(geometry(sizes, True)),
        "steps": [
            {"title": step.title, "phase": step.phase, "focus": step.focus, "feeds": step.feeds}
            for step in lesson.steps
        ],
    }
