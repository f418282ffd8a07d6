"""Where runs are executed: five verbs, and nothing a caller could know about processes or machines.

Owns the contract. One suite of tests runs against every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lab.events import Event, Loss, Message


class Engine(Protocol):
    """Executes runs and reports what happens in them."""

    def capacity(self) -> int:
        """How many runs can be computed at once, lost machines not counted."""
        ...

    def start(self, run_id: str, spec_json: str, *, from_checkpoint: bool) -> None:
        """Begin a run, or go on from its checkpoint if it has one."""
        ...

    def poll(self, timeout_s: float) -> Sequence[tuple[str, Event | Loss]]:
        """What has happened since the last call, in order for each run; waits if nothing has.

        After an event that ends a run, or the Loss of its worker, the run is no longer in the engine.
        """
        ...

    def tell(self, run_id: str, message: Message) -> None:
        """Pass a message to a run; one that has just ended takes no notice."""
        ...

    def kill(self, run_id: str) -> None:
        """End a run at once; nothing more is reported of it."""
        ...

    def close(self) -> None:
        """End all runs and give back what the engine holds."""
        ...
