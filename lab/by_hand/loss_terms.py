"""The losses of the worked example, one output at a time, in plain arithmetic.

Owns value, slope, formula and domain of each loss term. Knows no network and no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from lab.registry import name_in


@dataclass(frozen=True)
class LossTerm:
    """One loss J = sum of terms J_i(y_i, yhat_i), with its slope and the outputs it is defined for."""

    name: str
    title: str
    formula: str
    term: str
    slope_formula: str
    summary: str
    value: Callable[[float, float], float]
    slope: Callable[[float, float], float]
    problem: Callable[[float, float], str | None]
    fitting_outputs: tuple[str, ...]


def _never(_y: float, _output: float) -> str | None:
    return None


def _binary_problem(y: float, output: float) -> str | None:
    if output < 0 or output > 1:
        return "undefined"
    if output == 0:
        return "infinite" if y > 0 else "undefined"
    if output == 1:
        return "infinite" if y < 1 else "undefined"
    return None


def _categorical_problem(y: float, output: float) -> str | None:
    if output < 0 or output > 1:
        return "undefined"
    if output == 0:
        return "infinite" if y > 0 else "undefined"
    return None


_ENTRIES = (
    LossTerm(
        "mse",
        "1/2 MSE",
        r"J = \tfrac{1}{2} \sum_i (y_i - \hat{y}_i)^2",
        r"\tfrac{1}{2} ({y} - {o})^2",
        r"{o} - {y}",
        "Half the squared distance to the target; the document's loss in section 4.2.2.",
        lambda y, output: 0.5 * (y - output) ** 2,
        lambda y, output: output - y,
        _never,
        ("relu", "identity", "sigmoid", "tanh", "softmax"),
    ),
    LossTerm(
        "bce",
        "Binary cross-entropy",
        r"J = -\sum_i \left[ y_i \log \hat{y}_i + (1 - y_i) \log(1 - \hat{y}_i) \right]",
        r"-\left[ {y} \log {o} + (1 - {y}) \log(1 - {o}) \right]",
        r"\frac{{o} - {y}}{{o}\,(1 - {o})}",
        "Each output is a probability of its own; it needs every output inside (0, 1).",
        lambda y, output: -(y * math.log(output) + (1.0 - y) * math.log1p(-output)),
        lambda y, output: (output - y) / (output * (1.0 - output)),
        _binary_problem,
        ("sigmoid",),
    ),
    LossTerm(
        "ce",
        "Categorical cross-entropy",
        r"J = -\sum_i y_i \log \hat{y}_i",
        r"-({y} \log {o})",
        r"-\frac{{y}}{{o}}",
        "The outputs together are one distribution over the classes; it needs every output inside (0, 1).",
        lambda y, output: -y * math.log(output),
        lambda y, output: -y / output,
        _categorical_problem,
        ("softmax",),
    ),
)

LOSS_TERMS: dict[str, LossTerm] = {entry.name: entry for entry in _ENTRIES}

LossName = Annotated[str, name_in(LOSS_TERMS, "loss")]
