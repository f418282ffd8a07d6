"""One formula on trial: what it prints, what holds, and the three reckonings beside it.

Owns the shape of a trial and the measuring of its rows. Knows none of the document's formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.by_hand.notation import symbol
from lab.by_hand.oracles import central_difference
from lab.by_hand.tracer import Trace
from lab.texts import Text, text


@dataclass(frozen=True)
class Row:
    """One quantity of a trial: the value of the printed formula, and what holds by three reckonings."""

    symbol: str
    name: str
    printed: float | None
    holds: float | None
    by_autograd: float | None
    by_difference: float | None

    @property
    def difference(self) -> float | None:
        """Printed minus what holds."""
        return None if self.printed is None or self.holds is None else self.printed - self.holds

    @property
    def agrees(self) -> bool:
        """Whether the printed formula gives what holds."""
        return self.difference is not None and abs(self.difference) <= 1e-9 * max(1.0, abs(self.holds or 0.0))


@dataclass(frozen=True)
class Trial:
    """One formula of the document: as printed, what holds, its rows here and now, and a sentence why.

    `number` is the section's, `step` that of a step within it, 0 where it has none.
    """

    number: str
    printed: str
    holds: str
    why: str
    rows: tuple[Row, ...]
    asides: tuple[str, ...] = ()
    step: int = 0

    @property
    def section(self) -> str:
        """What the place in the document is called, after the word section."""
        if self.step:
            return text("by_hand.errata.section_step", number=self.number, step=self.step)
        return text("by_hand.errata.section", number=self.number)


@dataclass(frozen=True)
class Note:
    """A statement elsewhere in the document that does not hold as printed."""

    number: str
    printed: Text
    holds: Text

    @property
    def section(self) -> str:
        """What the place in the document is called, after the word section."""
        return text("by_hand.errata.section", number=self.number)


@dataclass(frozen=True)
class Court:
    """What every trial looks at: the trace, and the second opinions on it."""

    now: Trace
    by_autograd: dict[str, float]

    def row(self, name: str, printed: float | None) -> Row:
        """A gradient's row; `name` without its d."""
        measured = None
        if self.now.loss is not None:
            measured = central_difference(self.now.example, name, self.now.values[name])
        return Row(
            symbol(self.now.example, f"d{name}"),
            f"d{name}",
            printed,
            self.now.grad(name),
            self.by_autograd.get(name),
            measured,
        )
