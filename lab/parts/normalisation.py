"""How pixels become the numbers a network sees: one table, used by training and by inference alike.

Knows arrays of any library (numpy, torch): only `-`, `*` and `/` are asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from lab.registry import name_in
from lab.texts import Text, Words, said


@dataclass(frozen=True, kw_only=True)
class Normalisation:
    """x = (p - mean) / std, for a pixel p between 0 (paper) and 1 (ink)."""

    name: str
    title: Words
    mean: float
    std: float
    formula: str
    summary: Text
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
        title=said("parts.normalisation.half.title"),
        mean=0.5,
        std=0.5,
        formula=r"x = \frac{p - 0.5}{0.5}",
        summary=said("parts.normalisation.half.summary"),
        source="Document, section 4.5.2",
    ),
    Normalisation(
        name="mnist",
        title=said("parts.normalisation.mnist.title"),
        mean=0.1307,
        std=0.3081,
        formula=r"x = \frac{p - 0.1307}{0.3081}",
        summary=said("parts.normalisation.mnist.summary"),
        source="pytorch/examples, mnist",
    ),
    Normalisation(
        name="none",
        title=said("parts.normalisation.none.title"),
        mean=0.0,
        std=1.0,
        formula=r"x = p",
        summary=said("parts.normalisation.none.summary"),
        source="",
    ),
)

NORMALISATIONS: dict[str, Normalisation] = {entry.name: entry for entry in _ENTRIES}

NormalisationName = Annotated[str, name_in(NORMALISATIONS, "registry.unknown_normalisation")]
