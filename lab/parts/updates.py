"""The update of one parameter as a person computes it: the optimizers' steps in plain float64 arithmetic.

Owns each step with the formulas that show it. A step gives every number that its lines name, the parameter's new
value as w' and its new state primed. Knows no network and no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.texts import Name, Text, Words, said

Numbers = dict[str, float]
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One way to update a parameter w with gradient g: what is set, what is kept for each parameter, and the step.

    `fixed` and `defaults` say which of the optimizer's fields this rule sets or starts elsewhere than the table does,
    `options` which of them a person may change. Each line is a formula in symbols and the same in numbers, where {v}
    stands for a number and {(v)} for one that has brackets where it is negative.
    """

    name: str
    formula: str
    step: Callable[..., Numbers]
    lines: Lines
    options: tuple[str, ...]
    keeps: tuple[str, ...] = ()
    title: Words | None = None
    summary: Text | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, float] = field(default_factory=dict)


def _sgd(*, w: float, g: float, lr: float, weight_decay: float, **_: float) -> Numbers:
    g = g + weight_decay * w
    return {"g": g, "w'": w - lr * g}


def _momentum(
    *, w: float, g: float, v: float, lr: float, momentum: float, weight_decay: float, **_: float
) -> Numbers:
    """Source: Polyak 1964, USSR Computational Mathematics 4."""
    g = g + weight_decay * w
    new = momentum * v + g
    return {"g": g, "v'": new, "w'": w - lr * new}


def _nesterov(
    *, w: float, g: float, v: float, lr: float, momentum: float, weight_decay: float, **_: float
) -> Numbers:
    """Source: Sutskever et al. 2013, ICML."""
    g = g + weight_decay * w
    new = momentum * v + g
    return {"g": g, "v'": new, "w'": w - lr * (g + momentum * new)}


def _adam(*, w: float, g: float, weight_decay: float, **given: float) -> Numbers:
    return _two_means(w=w, g=g + weight_decay * w, **given)


def _adamw(*, w: float, g: float, lr: float, weight_decay: float, **given: float) -> Numbers:
    return _two_means(w=w * (1 - lr * weight_decay), g=g, lr=lr, **given)


def _two_means(
    *, w: float, g: float, m: float, v: float, t: float, lr: float, beta1: float, beta2: float, eps: float
) -> Numbers:
    first = beta1 * m + (1 - beta1) * g
    second = beta2 * v + (1 - beta2) * g * g
    m_hat, v_hat = first / (1 - beta1**t), second / (1 - beta2**t)
    return {
        "w": w,
        "g": g,
        "rest1": 1 - beta1,
        "rest2": 1 - beta2,
        "m'": first,
        "v'": second,
        "m_hat": m_hat,
        "v_hat": v_hat,
        "w'": w - lr * m_hat / (math.sqrt(v_hat) + eps),
    }


def _rmsprop(
    *, w: float, g: float, v: float, lr: float, alpha: float, eps: float, weight_decay: float, **_: float
) -> Numbers:
    g = g + weight_decay * w
    new = alpha * v + (1 - alpha) * g * g
    return {"g": g, "rest": 1 - alpha, "v'": new, "w'": w - lr * g / (math.sqrt(new) + eps)}


def _adagrad(
    *, w: float, g: float, s: float, lr: float, eps: float, weight_decay: float, **_: float
) -> Numbers:
    g = g + weight_decay * w
    new = s + g * g
    return {"g": g, "s'": new, "w'": w - lr * g / (math.sqrt(new) + eps)}


_VELOCITY = (r"v' = \mu v + {g}", r"{momentum} \cdot {(v)} + {(g)} = {v'}")
_MEANS: Lines = (
    (r"m' = \beta_1 m + (1 - \beta_1) {g}", r"{beta1} \cdot {(m)} + {rest1} \cdot {(g)} = {m'}"),
    (r"v' = \beta_2 v + (1 - \beta_2) ({g})^2", r"{beta2} \cdot {(v)} + {rest2} \cdot {(g)}^2 = {v'}"),
    (r"\hat m = \frac{m'}{1 - \beta_1^t}", r"\frac{{m'}}{1 - {beta1}^{{t}}} = {m_hat}"),
    (r"\hat v = \frac{v'}{1 - \beta_2^t}", r"\frac{{v'}}{1 - {beta2}^{{t}}} = {v_hat}"),
)
_STEP_OF_MEANS = r"{(w)} - {lr} \cdot \frac{{m_hat}}{\sqrt{{v_hat}} + {eps}}"

SGD_RULES = (
    Rule(
        name="sgd",
        title=Name("SGD"),
        formula=r"w' = w - \eta\, g",
        summary=said("parts.updates.sgd.summary"),
        options=("weight_decay",),
        fixed={"momentum": 0.0},
        step=_sgd,
        lines=((r"{w} - \eta\, {g}", r"{(w)} - {lr} \cdot {(g)}"),),
    ),
    Rule(
        name="momentum",
        title=said("parts.updates.momentum.title"),
        formula=r"v' = \mu v + g, \quad w' = w - \eta\, v'",
        summary=said("parts.updates.momentum.summary"),
        options=("momentum", "weight_decay"),
        keeps=("v",),
        step=_momentum,
        lines=(_VELOCITY, (r"{w} - \eta\, v'", r"{(w)} - {lr} \cdot {(v')}")),
    ),
    Rule(
        name="nesterov",
        title=said("parts.updates.nesterov.title"),
        formula=r"v' = \mu v + g, \quad w' = w - \eta\,(g + \mu v')",
        summary=said("parts.updates.nesterov.summary"),
        options=("momentum", "weight_decay"),
        keeps=("v",),
        fixed={"nesterov": True},
        step=_nesterov,
        lines=(
            _VELOCITY,
            (r"{w} - \eta\, ({g} + \mu v')", r"{(w)} - {lr} \cdot ({(g)} + {momentum} \cdot {(v')})"),
        ),
    ),
)
ADAM_RULES = (
    Rule(
        name="adam",
        formula=r"w' = w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        options=("beta1", "beta2", "eps", "weight_decay"),
        keeps=("m", "v"),
        step=_adam,
        lines=(*_MEANS, (r"{w} - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}", _STEP_OF_MEANS)),
    ),
)
ADAMW_RULES = (
    Rule(
        name="adamw",
        formula=r"w' = (1 - \eta\lambda)\, w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        options=("beta1", "beta2", "eps", "weight_decay"),
        defaults={"weight_decay": 0.01},
        keeps=("m", "v"),
        step=_adamw,
        lines=(
            *_MEANS,
            (r"(1 - \eta \lambda)\, {w} - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}", _STEP_OF_MEANS),
        ),
    ),
)
RMSPROP_RULES = (
    Rule(
        name="rmsprop",
        formula=r"w' = w - \eta\, \frac{g}{\sqrt{v'} + \epsilon}",
        options=("alpha", "eps", "weight_decay"),
        keeps=("v",),
        step=_rmsprop,
        lines=(
            (r"v' = \alpha v + (1 - \alpha) ({g})^2", r"{alpha} \cdot {(v)} + {rest} \cdot {(g)}^2 = {v'}"),
            (
                r"{w} - \eta \frac{{g}}{\sqrt{v'} + \epsilon}",
                r"{(w)} - {lr} \cdot \frac{{g}}{\sqrt{{v'}} + {eps}}",
            ),
        ),
    ),
)
ADAGRAD_RULES = (
    Rule(
        name="adagrad",
        formula=r"w' = w - \eta\, \frac{g}{\sqrt{s'} + \epsilon}",
        options=("eps", "weight_decay"),
        keeps=("s",),
        step=_adagrad,
        lines=(
            (r"s' = s + ({g})^2", r"{(s)} + {(g)}^2 = {s'}"),
            (
                r"{w} - \eta \frac{{g}}{\sqrt{s'} + \epsilon}",
                r"{(w)} - {lr} \cdot \frac{{g}}{\sqrt{{s'}} + {eps}}",
            ),
        ),
    ),
)
