"""The document's formulas on trial: each as printed, its value here and now, what holds, and why they differ.

Owns the verdicts on section 4 (and the notes on three other places). Everything follows the trace it is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from lab.by_hand.digits import four
from lab.by_hand.example import SOFTMAX, activation_title
from lab.by_hand.offered import TERMS
from lab.by_hand.oracles import autograd
from lab.by_hand.tracer import STATES, Trace, trace
from lab.by_hand.trial import Court, Note, Row, Trial
from lab.texts import said, text


def _difference(now: Trace, unit: int) -> float:
    """y - yhat of an output."""
    return now.values[f"y{unit}"] - now.values[f"a{unit}"]


def _own_slope(now: Trace, number: int) -> float:
    unit = now.example.unit_of[number]
    softmax = now.example.activation_of(unit.layer) == SOFTMAX
    return now.operations[f"a{number}"].partials[unit.place if softmax else 0]


def _with_loss(now: Trace, loss: str) -> Trace:
    return now if now.example.loss == loss else trace(replace(now.example, loss=loss))


def _aside(now: Trace, loss: str, names: list[str]) -> str:
    """The same gradients under another loss, in words."""
    other = _with_loss(now, loss)
    title = TERMS[loss].title
    if other.loss is None:
        state = STATES[other.state]
        return text("by_hand.errata.other_loss_state", loss=title, state=state, problem=other.problem)
    values = ", ".join(four(other.grads[name]) for name in names)
    return text("by_hand.errata.other_loss", loss=title, values=values)


def _asides(now: Trace, names: list[str], losses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_aside(now, loss, names) for loss in losses if loss != now.example.loss)


def _output_step(court: Court) -> Trial:
    now = court.now
    names = [f"a{unit.number}" for unit in now.example.outputs]
    rows = tuple(court.row(f"a{u.number}", 2 * _difference(now, u.number)) for u in now.example.outputs)
    return Trial(
        "4.2.3",
        r"\frac{\partial J}{\partial a_n} = 2\,(y_n - \hat{y}_n)",
        rf"\frac{{\partial J}}{{\partial \hat{{y}}_n}} = {_slope_words(now)}",
        text("by_hand.errata.output_step"),
        rows,
        _asides(now, names, ("mse",)),
        step=1,
    )


def _slope_words(now: Trace) -> str:
    pattern = TERMS[now.example.loss].slope_formula
    return pattern.replace("{y}", "y_n").replace("{o}", r"\hat{y}_n")


def _hidden_step(court: Court) -> Trial | None:
    now, example = court.now, court.now.example
    if example.depth < 2:
        return None
    rows = []
    first = example.outputs[0].number
    for unit in example.layers[-2]:
        name = f"a{unit.number}"
        delta = now.grad(f"z{first}")
        one = None if delta is None else delta * now.values[f"w{first}_{unit.number}"]
        rows.append(court.row(name, one))
    return Trial(
        "4.2.3",
        r"\frac{\partial J}{\partial a_i} = \frac{\partial J}{\partial a_n} \cdot \frac{\partial a_n}{\partial a_i}",
        r"\frac{\partial J}{\partial a_i} = \sum_n \frac{\partial J}{\partial a_n} \cdot "
        r"\frac{\partial a_n}{\partial a_i}",
        text("by_hand.errata.hidden_step", n=first),
        tuple(rows),
        step=2,
    )


def _parameter_step(court: Court) -> Trial:
    now, example = court.now, court.now.example
    rows = []
    for unit in example.outputs:
        away = _difference(now, unit.number)
        for place, source in enumerate(example.sources(unit.layer)):
            rows.append(court.row(example.weight_name(unit, place), away * now.values[source]))
        rows.append(court.row(f"b{unit.number}", away))
    return Trial(
        "4.2.3",
        r"\frac{\partial J}{\partial w_{ij}} = (y_n - \hat{y}_n) \cdot a_{n-1}, \quad "
        r"\frac{\partial J}{\partial b_i} = (y_n - \hat{y}_n)",
        rf"\frac{{\partial J}}{{\partial w_{{ij}}}} = {_delta_words(now)} \cdot a_{{n-1}}, \quad "
        rf"\frac{{\partial J}}{{\partial b_i}} = {_delta_words(now)}",
        text("by_hand.errata.parameter_step"),
        tuple(rows),
        step=3,
    )


def _delta_words(now: Trace) -> str:
    """dJ/dz of an output in symbols, for the present output activation and loss."""
    example = now.example
    if (example.output, example.loss) in (("sigmoid", "bce"), (SOFTMAX, "ce")):
        return r"(\hat{y}_n - y_n)"
    if example.output == SOFTMAX:
        return r"\sum_k \frac{\partial J}{\partial \hat{y}_k} \frac{\partial \hat{y}_k}{\partial z_n}"
    slope = _slope_words(now)
    return (slope if slope.startswith(r"\frac") else f"({slope})") + r"\, f'(z_n)"


def _printed_cross_entropy(now: Trace) -> float | None:
    total = 0.0
    for unit, y in zip(now.example.outputs, now.example.y, strict=True):
        output = now.values[f"a{unit.number}"]
        if not 0 < output < 1:
            return None
        total += -y * math.log(output) + (1 - y) * math.log1p(-output)
    return total


def _cross_entropy(court: Court) -> Trial:
    now = court.now
    binary = _with_loss(now, "bce")
    row = Row("J", "J", _printed_cross_entropy(now), binary.loss, None, None)
    if binary.problem:
        aside = text("by_hand.errata.state_here", state=STATES[binary.state], problem=binary.problem)
    else:
        title = TERMS[now.example.loss].title
        aside = text("by_hand.errata.chosen_loss", loss=title, value=four(now.loss))
    return Trial(
        "4.3.2",
        r"J = -y \log \hat{y} + (1 - y) \log(1 - \hat{y})",
        r"J = -\sum_i \left[ y_i \log \hat{y}_i + (1 - y_i) \log(1 - \hat{y}_i) \right]",
        text("by_hand.errata.cross_entropy"),
        (row,),
        (aside,),
    )


def _output_delta(court: Court) -> Trial:
    now = court.now
    rows, names = [], []
    for unit in now.example.outputs:
        names.append(f"z{unit.number}")
        printed = -_difference(now, unit.number) * _own_slope(now, unit.number)
        rows.append(court.row(f"z{unit.number}", printed))
    number = now.example.outputs[0].number
    left = rf"\frac{{\partial J}}{{\partial z_{{{number}}}}}"
    return Trial(
        "4.3.3",
        rf"{left} = (\hat{{y}}_{{{number}}} - y_{{{number}}}) \cdot \sigma'(z_{{{number}}})",
        rf"\frac{{\partial J}}{{\partial z_n}} = {_delta_words(now)}",
        text("by_hand.errata.output_delta"),
        tuple(rows),
        (*_asides(now, names, ("mse", "bce")), *_fitting(now, names)),
    )


def _fitting(now: Trace, names: list[str]) -> tuple[str, ...]:
    """The gradients with the two output activations made for cross-entropy, in words."""
    found = []
    for output, loss in (("sigmoid", "bce"), (SOFTMAX, "ce")):
        if (now.example.output, now.example.loss) != (output, loss):
            other = trace(replace(now.example, output=output, loss=loss))
            if other.loss is not None:
                values = ", ".join(four(other.grads[name]) for name in names)
                title = activation_title(output)
                found.append(
                    text("by_hand.errata.fitting", output=title, loss=TERMS[loss].title, values=values)
                )
    return tuple(found)


def _hidden_delta(court: Court) -> Trial | None:
    now, example = court.now, court.now.example
    if example.depth < 2:
        return None
    rows = []
    for unit in example.layers[-2]:
        printed = None
        if now.loss is not None:
            slope = now.slope(unit)
            printed = sum(
                now.grads[f"z{n.number}"] * now.values[f"w{n.number}_{unit.number}"] * slope
                for n in example.outputs
            )
        rows.append(court.row(f"z{unit.number}", printed))
    return Trial(
        "4.3.3",
        r"\frac{\partial J}{\partial z_1} = \frac{\partial J}{\partial z_5} \cdot \frac{\partial z_5}{\partial z_1}"
        r" + \frac{\partial J}{\partial z_6} \cdot \frac{\partial z_6}{\partial z_1}",
        r"\frac{\partial z_5}{\partial z_1} = w_{51} \cdot f'(z_1)",
        text("by_hand.errata.hidden_delta"),
        tuple(rows),
    )


def _missing_layers(court: Court) -> Trial | None:
    example = court.now.example
    if example.depth < 2:
        return None
    earlier = {f"{unit.number}" for units in example.layers[:-1] for unit in units}
    rows = [court.row(name, None) for name in example.parameters if name[1:].split("_")[0] in earlier]
    total, listed = len(example.parameters), sum(len(r) + 1 for r in example.weights[-1])
    gradients = (
        r"\frac{\partial J}{\partial w_{5j}},\ \frac{\partial J}{\partial w_{6j}},\ "
        r"\frac{\partial J}{\partial b_5},\ \frac{\partial J}{\partial b_6}"
    )
    return Trial(
        "4.3.3",
        text("by_hand.errata.only", gradients=gradients),
        r"\frac{\partial J}{\partial w_{ij}} = \frac{\partial J}{\partial z_i} \cdot x_j, \quad "
        r"\frac{\partial J}{\partial b_i} = \frac{\partial J}{\partial z_i}",
        text("by_hand.errata.missing_layers", n=listed, of=total),
        tuple(rows),
    )


NOTES = (
    Note("4.5.6", said("by_hand.errata.predict.printed"), said("by_hand.errata.predict.holds")),
    Note("7.1", said("by_hand.errata.stopping.printed"), said("by_hand.errata.stopping.holds")),
    Note("7.3", said("by_hand.errata.roc.printed"), said("by_hand.errata.roc.holds")),
)

_TRIALS: tuple[Callable[[Court], Trial | None], ...] = (
    _output_step,
    _hidden_step,
    _parameter_step,
    _cross_entropy,
    _output_delta,
    _hidden_delta,
    _missing_layers,
)


def trials(now: Trace) -> tuple[Trial, ...]:
    """Every formula of section 4 on trial with the numbers of the trace."""
    court = Court(now, autograd(now.example) if now.loss is not None else {})
    found = (trial(court) for trial in _TRIALS)
    return tuple(trial for trial in found if trial is not None)
