"""Undo and redo: the versions of a value before and after the one that is shown.

Owns how many are kept. Values are frozen; so is this. Knows no page and no widget.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

MOST_KEPT = 100

T = TypeVar("T")


@dataclass(frozen=True)
class Versions(Generic[T]):
    """A value, what undo goes back to (the newest last), and what redo goes on to (the nearest first)."""

    now: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()

    def changed(self, value: T) -> Versions[T]:
        """With another value, the one before it one undo away; what was undone before is given up."""
        return Versions(value, (*self.past, self.now)[-MOST_KEPT:])

    def amended(self, value: T) -> Versions[T]:
        """With another value in the place of the present one: nothing more to undo."""
        return replace(self, now=value)

    def undone(self) -> Versions[T]:
        """One version back; the same where there is none."""
        if not self.past:
            return self
        return Versions(self.past[-1], self.past[:-1], (self.now, *self.future))

    def redone(self) -> Versions[T]:
        """One version on again; the same where there is none."""
        if not self.future:
            return self
        return Versions(self.future[0], (*self.past, self.now), self.future[1:])
