"""Everything a person can change on the by-hand page, as one frozen value.

Owns the value, its bounds and the names in it. Knows no link and no widget.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.by_hand.digits import read_number
from lab.by_hand.draws import starting_example
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.offered import Hyperparameter
from lab.by_hand.update import HandOptimizer
from lab.registry import FieldError, SpecError
from lab.texts import text

SHOWS = ("both", "values", "grads")
TOLERANCES = {"exact": 0.0005, "close": 0.01, "rough": 0.05}
MOST_TAKEN = 1000


@dataclass(frozen=True)
class Setting:
    """One exercise as a whole: the starting example, what trains it, how far, and what is looked at.

    `taken` counts training steps from the starting example; `init` and `seed` say how it was drawn.
    """

    example: Example = DOCUMENT
    init: str = ""
    seed: int | None = None
    optimizer: HandOptimizer = field(default_factory=HandOptimizer)
    taken: int = 0
    step: int = 1
    detail: str = "unit"
    show: str = "both"
    selected: str = ""
    exercise: bool = False
    tolerance: str = "close"
    large: bool = False

    @property
    def base(self) -> Example:
        """The example before any edit by hand."""
        return starting_example(self.example.sizes, self.init, self.seed)


def within(hyperparameter: Hyperparameter, typed: str) -> float:
    """A hyperparameter that a person typed, within its bounds.

    Raises: SpecError, naming the hyperparameter, the text and what is allowed.
    """
    name, bounds = hyperparameter.name, hyperparameter.bounds
    value = read_number(typed, name)
    if not bounds.allow(value):
        message = text("by_hand.setting.out_of_bounds", value=typed[:40], bounds=bounds)
        raise SpecError([FieldError(name, typed, message)])
    return value


def selectable(example: Example) -> tuple[str, ...]:
    """The names of everything in the picture that has a card."""
    biases = (f"bias{layer}" for layer in range(1, example.depth + 1))
    units = (f"u{number}" for number in example.unit_of)
    return (*example.inputs, *biases, *units, "J", *example.parameters)
