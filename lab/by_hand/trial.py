"""One formula on trial: what it prints, what holds, and the three reckonings beside it.

Owns the shape of a trial and the measuring of its rows. Knows none of the document's formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.by_hand.notation import symbol
from lab.by_hand.oracles import central_difference
from lab.by_hand.tracer import Trace


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
    """One formula of the document: as printed, what holds, its rows here and now, and a sentence why."""

    section: str
    printed: str
    holds: str
    why: str
    rows: tuple[Row, ...]
    asides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """A statement elsewhere in the document that does not hold as printed."""

    section: str
    printed: str
    holds: str


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
