"""What By hand offers: the entries of the shared tables that carry what a calculation by hand needs.

Owns their names in links and files, and what a person may set of an optimizer. Knows no network and no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.parts.activations import ACTIVATIONS, Slope
from lab.parts.initialisations import INITIALISATIONS, Draw
from lab.parts.losses import LOSSES, Term
from lab.parts.optimizers import OPTIMIZERS, Optimizer
from lab.parts.updates import Rule
from lab.registry import Bounds, bounds_of, words_of
from lab.texts import Name, Words

SLOPES: dict[str, Slope] = {name: entry.slope for name, entry in ACTIVATIONS.items() if entry.slope}
"""The derivative of each activation, by its name."""

_ORDER = ("mse", "bce", "ce")  # the simplest first
_TERMS = (loss.by_hand for loss in LOSSES.values() if loss.by_hand)
TERMS: dict[str, Term] = {
    term.name: term for term in sorted(_TERMS, key=lambda term: _ORDER.index(term.name))
}
"""Each loss, by its name."""

DRAWS: dict[str, Draw] = {name: entry.by_hand for name, entry in INITIALISATIONS.items() if entry.by_hand}
"""Each way to draw weights, by its name."""


@dataclass(frozen=True, kw_only=True)
class Hyperparameter:
    """A number of an optimizer that a person sets: what it is called, where it starts, and its bounds."""

    name: str
    called: Words
    default: float
    bounds: Bounds

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.called)


def _hyperparameter(optimizer: type[Optimizer], name: str, default: float | None) -> Hyperparameter:
    info = optimizer.model_fields[name]
    words = words_of(info)
    return Hyperparameter(
        name=name,
        called=words.title if words else Name(name),
        default=float(info.default if default is None else default),
        bounds=bounds_of(info),
    )


LR = _hyperparameter(Optimizer, "lr", 0.1)


@dataclass(frozen=True, kw_only=True)
class HandRule:
    """An update by hand with the optimizer that it belongs to."""

    optimizer: type[Optimizer]
    by_hand: Rule

    @property
    def title(self) -> str:
        """What it is called: as its optimizer, unless it is one of several of it."""
        return str(self.by_hand.title or self.optimizer.title)

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        return str(self.by_hand.summary or self.optimizer.summary)

    @property
    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """What a person may set, in the order in which it is asked for; the learning rate is every rule's."""
        rule = self.by_hand
        return tuple(_hyperparameter(self.optimizer, name, rule.defaults.get(name)) for name in rule.options)


RULES: dict[str, HandRule] = {
    rule.name: HandRule(optimizer=optimizer, by_hand=rule)
    for optimizer in OPTIMIZERS.values()
    for rule in optimizer.by_hand
}
"""Each update, by its name."""
