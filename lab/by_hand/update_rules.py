"""The optimizers' rules for one parameter, in plain arithmetic, with the formula of each part.

Owns each rule, its options with their bounds, and the state it keeps. Knows no network and no torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.by_hand.digits import factor, tex

State = Mapping[str, float]


@dataclass(frozen=True)
class Option:
    """A hyperparameter of a rule: its default and its bounds (the upper one may be excluded)."""

    name: str
    title: str
    default: float
    least: float
    most: float
    open_end: bool = False

    def allows(self, value: float) -> bool:
        """Whether the value lies within the bounds."""
        return self.least <= value < self.most if self.open_end else self.least <= value <= self.most

    @property
    def allowed(self) -> str:
        """The bounds in words."""
        return f"{self.least:g} to {'below ' if self.open_end else ''}{self.most:g}"


Lines = list[tuple[str, str]]
Stepped = tuple[dict[str, float], float, Lines]


@dataclass(frozen=True)
class Moment:
    """What a rule looks at: parameter w, gradient g, its own state, the step's number t and the options."""

    w: float
    g: float
    state: State
    t: int
    lr: float
    options: Mapping[str, float]


@dataclass(frozen=True)
class Rule:
    """One optimizer: its words, its options, the state it keeps for each parameter, and its step."""

    name: str
    title: str
    formula: str
    summary: str
    source: str
    options: tuple[Option, ...]
    keeps: tuple[str, ...]
    step: Callable[[Moment], Stepped]


MOMENTUM = Option("momentum", "Momentum", 0.9, 0.0, 1.0, open_end=True)
DECAY = Option("weight_decay", "Weight decay", 0.0, 0.0, 1.0)
LR = Option("lr", "Learning rate", 0.1, 1e-9, 100.0)


def _decayed(m: Moment) -> float:
    return m.g + m.options["weight_decay"] * m.w


def _sgd(m: Moment) -> Stepped:
    g = _decayed(m)
    return {}, m.w - m.lr * g, [(r"{w} - \eta\, {g}", f"{factor(m.w)} - {tex(m.lr)} \\cdot {factor(g)}")]


def _momentum(m: Moment) -> Stepped:
    g, mu, v = _decayed(m), m.options["momentum"], m.state.get("v", 0.0)
    new = mu * v + g
    return (
        {"v": new},
        m.w - m.lr * new,
        [
            (r"v' = \mu v + {g}", f"{tex(mu)} \\cdot {factor(v)} + {factor(g)} = {tex(new)}"),
            (r"{w} - \eta\, v'", f"{factor(m.w)} - {tex(m.lr)} \\cdot {factor(new)}"),
        ],
    )


def _nesterov(m: Moment) -> Stepped:
    g, mu, v = _decayed(m), m.options["momentum"], m.state.get("v", 0.0)
    new = mu * v + g
    ahead = f"({factor(g)} + {tex(mu)} \\cdot {factor(new)})"
    return (
        {"v": new},
        m.w - m.lr * (g + mu * new),
        [
            (r"v' = \mu v + {g}", f"{tex(mu)} \\cdot {factor(v)} + {factor(g)} = {tex(new)}"),
            (r"{w} - \eta\, ({g} + \mu v')", f"{factor(m.w)} - {tex(m.lr)} \\cdot {ahead}"),
        ],
    )


def _adam_from(m: Moment, w: float, g: float, shrunk: str) -> Stepped:
    b1, b2, eps = m.options["beta1"], m.options["beta2"], m.options["eps"]
    first = b1 * m.state.get("m", 0.0) + (1 - b1) * g
    second = b2 * m.state.get("v", 0.0) + (1 - b2) * g * g
    m_hat, v_hat = first / (1 - b1**m.t), second / (1 - b2**m.t)
    old_m, old_v = factor(m.state.get("m", 0.0)), factor(m.state.get("v", 0.0))
    lines = [
        (
            r"m' = \beta_1 m + (1 - \beta_1) {g}",
            f"{tex(b1)} \\cdot {old_m} + {tex(1 - b1)} \\cdot {factor(g)} = {tex(first)}",
        ),
        (
            r"v' = \beta_2 v + (1 - \beta_2) ({g})^2",
            f"{tex(b2)} \\cdot {old_v} + {tex(1 - b2)} \\cdot {factor(g)}^2 = {tex(second)}",
        ),
        (
            r"\hat m = \frac{m'}{1 - \beta_1^t}",
            rf"\frac{{{tex(first)}}}{{1 - {tex(b1)}^{{{m.t}}}}} = {tex(m_hat)}",
        ),
        (
            r"\hat v = \frac{v'}{1 - \beta_2^t}",
            rf"\frac{{{tex(second)}}}{{1 - {tex(b2)}^{{{m.t}}}}} = {tex(v_hat)}",
        ),
        (
            shrunk + r" - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
            rf"{factor(w)} - {tex(m.lr)} \cdot \frac{{{tex(m_hat)}}}{{\sqrt{{{tex(v_hat)}}} + {tex(eps)}}}",
        ),
    ]
    return {"m": first, "v": second}, w - m.lr * m_hat / (math.sqrt(v_hat) + eps), lines


def _adam(m: Moment) -> Stepped:
    return _adam_from(m, m.w, _decayed(m), "{w}")


def _adamw(m: Moment) -> Stepped:
    shrunk = m.w * (1 - m.lr * m.options["weight_decay"])
    return _adam_from(m, shrunk, m.g, r"(1 - \eta \lambda)\, {w}")


def _rmsprop(m: Moment) -> Stepped:
    g, alpha, eps = _decayed(m), m.options["alpha"], m.options["eps"]
    old = m.state.get("v", 0.0)
    new = alpha * old + (1 - alpha) * g * g
    return (
        {"v": new},
        m.w - m.lr * g / (math.sqrt(new) + eps),
        [
            (
                r"v' = \alpha v + (1 - \alpha) ({g})^2",
                f"{tex(alpha)} \\cdot {factor(old)} + {tex(1 - alpha)} \\cdot {factor(g)}^2 = {tex(new)}",
            ),
            (
                r"{w} - \eta \frac{{g}}{\sqrt{v'} + \epsilon}",
                rf"{factor(m.w)} - {tex(m.lr)} \cdot \frac{{{tex(g)}}}{{\sqrt{{{tex(new)}}} + {tex(eps)}}}",
            ),
        ],
    )


def _adagrad(m: Moment) -> Stepped:
    g, eps, old = _decayed(m), m.options["eps"], m.state.get("s", 0.0)
    new = old + g * g
    return (
        {"s": new},
        m.w - m.lr * g / (math.sqrt(new) + eps),
        [
            (r"s' = s + ({g})^2", f"{factor(old)} + {factor(g)}^2 = {tex(new)}"),
            (
                r"{w} - \eta \frac{{g}}{\sqrt{s'} + \epsilon}",
                rf"{factor(m.w)} - {tex(m.lr)} \cdot \frac{{{tex(g)}}}{{\sqrt{{{tex(new)}}} + {tex(eps)}}}",
            ),
        ],
    )


def _betas(decay: float) -> tuple[Option, ...]:
    return (
        Option("beta1", "Beta 1", 0.9, 0.0, 1.0, open_end=True),
        Option("beta2", "Beta 2", 0.999, 0.0, 1.0, open_end=True),
        Option("eps", "Epsilon", 1e-8, 1e-12, 1.0),
        Option("weight_decay", "Weight decay", decay, 0.0, 1.0),
    )


_RULES = (
    Rule(
        "sgd",
        "SGD",
        r"w' = w - \eta\, g",
        "One step against the gradient.",
        "Document, section 3.1.3",
        (DECAY,),
        (),
        _sgd,
    ),
    Rule(
        "momentum",
        "SGD with momentum",
        r"v' = \mu v + g, \quad w' = w - \eta\, v'",
        "The velocity v remembers earlier gradients.",
        "Polyak 1964",
        (MOMENTUM, DECAY),
        ("v",),
        _momentum,
    ),
    Rule(
        "nesterov",
        "SGD with Nesterov momentum",
        r"v' = \mu v + g, \quad w' = w - \eta\,(g + \mu v')",
        "Momentum that looks one step ahead.",
        "Sutskever et al. 2013, ICML",
        (Option("momentum", "Momentum", 0.9, 1e-6, 1.0, open_end=True), DECAY),
        ("v",),
        _nesterov,
    ),
    Rule(
        "adam",
        "Adam",
        r"w' = w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        "Each parameter's step is divided by the size of its recent gradients.",
        "Kingma & Ba 2015, ICLR",
        _betas(0.0),
        ("m", "v"),
        _adam,
    ),
    Rule(
        "adamw",
        "AdamW",
        r"w' = (1 - \eta\lambda)\, w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        "Adam with weight decay applied to the weight itself.",
        "Loshchilov & Hutter 2019, ICLR",
        _betas(0.01),
        ("m", "v"),
        _adamw,
    ),
    Rule(
        "rmsprop",
        "RMSprop",
        r"w' = w - \eta\, \frac{g}{\sqrt{v'} + \epsilon}",
        "Divides by a running root mean square of the gradients.",
        "Hinton 2012, lecture 6e",
        (
            Option("alpha", "Alpha", 0.99, 0.0, 1.0, open_end=True),
            Option("eps", "Epsilon", 1e-8, 1e-12, 1.0),
            DECAY,
        ),
        ("v",),
        _rmsprop,
    ),
    Rule(
        "adagrad",
        "Adagrad",
        r"w' = w - \eta\, \frac{g}{\sqrt{s'} + \epsilon}",
        "Divides by the root of all squared gradients so far.",
        "Duchi et al. 2011, JMLR 12",
        (Option("eps", "Epsilon", 1e-10, 1e-12, 1.0), DECAY),
        ("s",),
        _adagrad,
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _RULES}
