"""What a store has kept of a run, by the class of event that a test looks for."""

from __future__ import annotations

from typing import TypeVar

from lab.runs.store import Store
from tests.support.narrowing import as_a, present

E = TypeVar("E")


def events_of(store: Store, run_id: str, kind: type[E]) -> list[E]:
    """All events of one kind, in order."""
    name = str(getattr(kind, "kind", ""))
    return [as_a(kind, event) for _, event in store.events(run_id, kinds=(name,))]


def last_of(store: Store, run_id: str, kind: type[E]) -> E:
    """The newest event of one kind, which is there."""
    _, event = present(store.last_event(run_id, str(getattr(kind, "kind", ""))))
    return as_a(kind, event)
