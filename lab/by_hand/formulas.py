"""The formula of every quantity: symbols as the document writes them, numbers put in, result.

Owns one `Line` per quantity of a trace. Knows no order of teaching and no page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.by_hand.digits import factor, four, tex
from lab.by_hand.example import SOFTMAX, Unit, activation_title
from lab.by_hand.notation import symbol
from lab.by_hand.offered import SLOPES, TERMS
from lab.by_hand.tracer import Trace
from lab.parts.activations import ACTIVATIONS
from lab.texts import text

PLUS = " + "
GIVEN = ""
"""Stands for the formula of a value that is not computed."""
TERMS_PER_ROW = 4


@dataclass(frozen=True)
class Line:
    """One quantity: its symbol, its formula in symbols and in numbers, its value, and what it is made of.

    `remark` is a sentence without its full stop.
    """

    name: str
    left: str
    symbols: str
    numbers: str
    value: float | None
    feeds: tuple[str, ...]
    remark: str = ""

    @property
    def result(self) -> str:
        """The value in LaTeX."""
        return tex(self.value)


def total(terms: list[str], row: int = TERMS_PER_ROW) -> str:
    """Terms joined by plus signs, a new row after every few, for an aligned formula."""
    rows = [terms[at : at + row] for at in range(0, len(terms), row)]
    if row > 1 and len(rows) > 1 and len(rows[-1]) == 1:  # a bias alone on a row looks forgotten
        rows[-2:] = [rows[-2] + rows[-1]]
    joined = r" \\ &\quad + ".join(PLUS.join(terms) for terms in rows)
    return joined.replace("+ -", "- ")


def line(trace: Trace, name: str) -> Line:
    """The formula of one quantity of the trace, by name: p1_2, z1, a1, J5, J, dz5, dw5_1, ..."""
    if name.startswith("d"):
        return _gradient(trace, name[1:])
    kind = trace.operations[name].kind if name in trace.operations else ""
    if name == "J":
        return loss_line(trace)
    if kind == "product":
        return _product(trace, name)
    if kind == "sum":
        return _sum(trace, name)
    if kind in ("activation", "softmax"):
        return _activation(trace, name)
    value = trace.values[name]
    return Line(name, symbol(trace.example, name), GIVEN, tex(value), value, ())


def _product(trace: Trace, name: str) -> Line:
    weight, source = trace.operations[name].inputs
    left = symbol(trace.example, name)
    values = trace.values
    numbers = rf"{factor(values[weight])} \cdot {factor(values[source])}"
    return Line(name, left, left, numbers, values[name], (weight, source))


def _sum(trace: Trace, name: str) -> Line:
    operation, example, values = trace.operations[name], trace.example, trace.values
    *products, bias = operation.inputs
    pairs = [trace.operations[product].inputs for product in products]
    feeds = tuple(part for pair in pairs for part in pair)
    symbols = [*(symbol(example, product) for product in products), symbol(example, bias)]
    numbers = [rf"{factor(values[w])} \cdot {factor(values[s])}" for w, s in pairs]
    numbers.append(factor(values[bias]))
    return Line(name, symbol(example, name), total(symbols), total(numbers), values[name], (*feeds, bias))


def put_in(formula: str, written: str) -> str:
    """The formula of an activation with z replaced; a negative number keeps brackets where it is a factor."""

    def replaced(match: re.Match[str]) -> str:
        before = formula[match.start() - 1 : match.start()]
        bare = before in ("", "(", "{", "^", " ") or not written.startswith("-")
        return f"{{{written if bare else f'({written})'}}}"

    return re.sub(r"(?<![A-Za-z\\])z(?![A-Za-z])", replaced, formula)


def _right(formula: str) -> str:
    return formula.rsplit("=", 1)[1].strip()


def _activation(trace: Trace, name: str) -> Line:
    example, unit = trace.example, trace.example.unit_of[int(name[1:])]
    kind = example.activation_of(unit.layer)
    left, z = symbol(example, name), f"z{unit.number}"
    if kind == SOFTMAX:
        names = [f"z{other.number}" for other in example.layers[unit.layer - 1]]
        top, bottom = f"e^{{{symbol(example, z)}}}", [f"e^{{{symbol(example, other)}}}" for other in names]
        numbers = [f"e^{{{tex(trace.values[other])}}}" for other in names]
        own = f"e^{{{tex(trace.values[z])}}}"
        return Line(
            name,
            left,
            rf"\frac{{{top}}}{{{PLUS.join(bottom)}}}",
            rf"\frac{{{own}}}{{{PLUS.join(numbers)}}}",
            trace.values[name],
            tuple(names),
        )
    formula = _right(ACTIVATIONS[kind].formula)
    remark = text("by_hand.formulas.dead") if trace.is_dead(unit) else ""
    return Line(
        name,
        left,
        put_in(formula, symbol(example, z)),
        put_in(formula, tex(trace.values[z])),
        trace.values[name],
        (z,),
        remark,
    )


def slope_line(trace: Trace, unit: Unit) -> Line:
    """The local derivative f'(z) of a unit; for softmax, the derivative of its output by its own z."""
    example, z = trace.example, f"z{unit.number}"
    kind = example.activation_of(unit.layer)
    own = symbol(example, f"a{unit.number}")
    if kind == SOFTMAX:
        share = trace.values[f"a{unit.number}"]
        left = rf"\frac{{\partial {own}}}{{\partial {symbol(example, z)}}}"
        value = trace.operations[f"a{unit.number}"].partials[unit.place]
        numbers = rf"{factor(share)} \cdot (1 - {factor(share)})"
        return Line(f"s{unit.number}", left, rf"{own}\,(1 - {own})", numbers, value, (z,))
    formula = _right(SLOPES[kind].formula)
    left = rf"f'({symbol(example, z)})"
    remark = ""
    if z in trace.kinks:
        remark = text("by_hand.formulas.corner", z=z, activation=activation_title(kind))
    return Line(
        f"s{unit.number}",
        left,
        put_in(formula, symbol(example, z)),
        put_in(formula, tex(trace.values[z])),
        trace.slope(unit),
        (z,),
        remark,
    )


def _filled(pattern: str, y: str, output: str) -> str:
    return pattern.replace("{y}", y).replace("{o}", output)


def loss_line(trace: Trace) -> Line:
    """The loss: one term per output, summed."""
    example, values = trace.example, trace.values
    pattern = TERMS[example.loss].term
    pairs = [(f"y{unit.number}", f"a{unit.number}") for unit in example.outputs]
    symbols = [_filled(pattern, symbol(example, y), symbol(example, a)) for y, a in pairs]
    numbers = [_filled(pattern, factor(values[y]), factor(values[a])) for y, a in pairs]
    feeds = tuple(name for pair in pairs for name in pair)
    return Line("J", "J", total(symbols, 1), total(numbers, 1), trace.loss, feeds, str(trace.problem or ""))


def _gradient(trace: Trace, name: str) -> Line:
    makers = {"w": _weight_gradient, "b": _bias_gradient, "z": _sum_gradient, "a": _activation_gradient}
    return makers.get(name[0], _input_gradient)(trace, name)


def _weight_gradient(trace: Trace, name: str) -> Line:
    example = trace.example
    unit = example.unit_of[int(name[1:].split("_")[0])]
    source = trace.operations[f"p{name[1:]}"].inputs[1]
    delta = f"dz{unit.number}"
    return Line(
        f"d{name}",
        symbol(example, f"d{name}"),
        rf"{symbol(example, delta)} \cdot {symbol(example, source)}",
        rf"{factor(trace.grad(delta[1:]))} \cdot {factor(trace.values[source])}",
        trace.grad(name),
        (delta, source),
    )


def _bias_gradient(trace: Trace, name: str) -> Line:
    delta = f"dz{name[1:]}"
    value = trace.grad(name)
    left, right = symbol(trace.example, f"d{name}"), symbol(trace.example, delta)
    return Line(f"d{name}", left, right, tex(value), value, (delta,))


def _input_gradient(trace: Trace, name: str) -> Line:
    return _paths(trace, name, trace.example.layers[0])


def _paths(trace: Trace, name: str, units: tuple[Unit, ...]) -> Line:
    """A gradient that arrives over several units: dJ/dz of each, times the weight on the way."""
    example = trace.example
    weights = [f"w{unit.number}_{name[1:]}" for unit in units]
    deltas = [f"dz{unit.number}" for unit in units]
    pairs = list(zip(deltas, weights, strict=True))
    return Line(
        f"d{name}",
        symbol(example, f"d{name}"),
        total([rf"{symbol(example, d)} \cdot {symbol(example, w)}" for d, w in pairs]),
        total([rf"{factor(trace.grad(d[1:]))} \cdot {factor(trace.values[w])}" for d, w in pairs]),
        trace.grad(name),
        (*deltas, *weights),
    )


def _activation_gradient(trace: Trace, name: str) -> Line:
    example, unit = trace.example, trace.example.unit_of[int(name[1:])]
    if unit.layer < example.depth:
        return _paths(trace, name, example.layers[unit.layer])
    pattern, y = TERMS[example.loss].slope_formula, f"y{unit.number}"
    return Line(
        f"d{name}",
        symbol(example, f"d{name}"),
        _filled(pattern, symbol(example, y), symbol(example, name)),
        _filled(pattern, factor(trace.values[y]), factor(trace.values[name])),
        trace.grad(name),
        (y, name),
    )


SHORT_FORMS = {("sigmoid", "bce"): "sigmoid", (SOFTMAX, "ce"): "softmax"}


def _sum_gradient(trace: Trace, name: str) -> Line:
    example, unit = trace.example, trace.example.unit_of[int(name[1:])]
    kind, z = example.activation_of(unit.layer), symbol(example, name)
    left = symbol(example, f"d{name}")
    if kind == SOFTMAX:
        return _softmax_gradient(trace, unit)
    own = f"da{unit.number}"
    remark = ""
    if unit.layer == example.depth and (example.output, example.loss) in SHORT_FORMS:
        remark = _shortens(trace, unit)
    elif trace.is_dead(unit):
        remark = text("by_hand.formulas.off")
    return Line(
        f"d{name}",
        left,
        rf"{symbol(example, own)} \cdot f'({z})",
        rf"{factor(trace.grad(own[1:]))} \cdot {factor(trace.slope(unit))}",
        trace.grad(name),
        (own, name),
        remark,
    )


def _shortens(trace: Trace, unit: Unit) -> str:
    """What is said of an output activation and a loss whose gradients together are ŷ - y."""
    output, y = trace.values[f"a{unit.number}"], trace.values[f"y{unit.number}"]
    return text(
        "by_hand.formulas.shortens",
        activation=activation_title(trace.example.output),
        output=four(output),
        target=four(y),
    )


def _softmax_gradient(trace: Trace, unit: Unit) -> Line:
    example = trace.example
    own = symbol(example, f"a{unit.number}")
    symbols, numbers, feeds = [], [], []
    for other in example.layers[unit.layer - 1]:
        name = f"a{other.number}"
        slope = trace.operations[name].partials[unit.place]
        shown = rf"{own}\,(1 - {own})" if other == unit else rf"(-{symbol(example, name)}\,{own})"
        symbols.append(rf"{symbol(example, 'd' + name)} \cdot {shown}")
        numbers.append(rf"{factor(trace.grad(name))} \cdot {factor(slope)}")
        feeds.append(f"d{name}")
    plain_target = sum(example.y) == 1 and example.loss == "ce"
    left, name = symbol(example, f"dz{unit.number}"), f"z{unit.number}"
    return Line(
        f"dz{unit.number}",
        left,
        total(symbols),
        total(numbers),
        trace.grad(name),
        (*feeds, *(f"a{other.number}" for other in example.layers[unit.layer - 1])),
        _shortens(trace, unit) if plain_target else "",
    )
