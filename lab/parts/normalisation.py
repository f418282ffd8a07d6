"""How pixels become the numbers a network sees: one table, used by training and by inference alike.

Knows arrays of any library (numpy, torch): only `-`, `*` and `/` are asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from lab.registry import name_in


@dataclass(frozen=True)
class Normalisation:
    """x = (p - mean) / std, for a pixel p between 0 (paper) and 1 (ink)."""

    name: str
    title: str
    mean: float
    std: float
    formula: str
    summary: str
    source: str

    def __call__(self, pixels: Any) -> Any:
        """The network's input for pixels in 0..1, in the library and type they come in."""
        return (pixels - self.mean) / self.std

    def undo(self, values: Any) -> Any:
        """The pixels in 0..1 that `values` came from."""
        return values * self.std + self.mean


_ENTRIES = (
    Normalisation(
        "half",
        "To -1..1",
        0.5,
        0.5,
        r"x = \frac{p - 0.5}{0.5}",
        "Paper becomes -1 and full ink 1, as in the document.",
        "Document, section 4.5.2",
    ),
    Normalisation(
        "mnist",
        "MNIST's mean and deviation",
        0.1307,
        0.3081,
        r"x = \frac{p - 0.1307}{0.3081}",
        "Over all training pixels the mean becomes 0 and the standard deviation 1.",
        "pytorch/examples, mnist",
    ),
    Normalisation(
        "none",
        "None (0..1)",
        0.0,
        1.0,
        r"x = p",
        "Pixels as they are: 0 is paper, 1 is ink.",
        "",
    ),
)

NORMALISATIONS: dict[str, Normalisation] = {entry.name: entry for entry in _ENTRIES}

NormalisationName = Annotated[str, name_in(NORMALISATIONS, "normalisation")]
