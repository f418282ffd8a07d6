"""How pixels become the numbers a network sees: one table, used by training and by inference alike.

Knows arrays of any library (numpy, torch): only `-`, `*` and `/` are asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from lab.registry import name_in


@dataclass(frozen=True, kw_only=True)
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
        name="half",
        title="To -1..1",
        mean=0.5,
        std=0.5,
        formula=r"x = \frac{p - 0.5}{0.5}",
        summary="Paper becomes -1 and full ink 1, as in the document.",
        source="Document, section 4.5.2",
    ),
    Normalisation(
        name="mnist",
        title="MNIST's mean and deviation",
        mean=0.1307,
        std=0.3081,
        formula=r"x = \frac{p - 0.1307}{0.3081}",
        summary="Over all training pixels the mean becomes 0 and the standard deviation 1.",
        source="pytorch/examples, mnist",
    ),
    Normalisation(
        name="none",
        title="None (0..1)",
        mean=0.0,
        std=1.0,
        formula=r"x = p",
        summary="Pixels as they are: 0 is paper, 1 is ink.",
        source="",
    ),
)

NORMALISATIONS: dict[str, Normalisation] = {entry.name: entry for entry in _ENTRIES}

NormalisationName = Annotated[str, name_in(NORMALISATIONS, "registry.unknown_normalisation")]
