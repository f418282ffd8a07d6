"""When a run next has something to say: its reports, snapshots and checkpoints.

Owns how often, and what share of a run's time they may take. Knows neither network nor data.
"""

from __future__ import annotations

import time

FIRST_REPORT_S, REPORT_S = 0.03, 0.25


SNAPSHOT_S, SNAPSHOT_SHARE = 1.0, 0.015


CHECKPOINT_S, CHECKPOINT_SHARE = 2.0, 0.01


class Pace:
    """When the next report, snapshot and checkpoint are due."""

    def __init__(self) -> None:
        now = time.perf_counter()
        self._snapshot, self._checkpoint = now + 2 * FIRST_REPORT_S, now + CHECKPOINT_S
        self._report = now

    def hurry(self) -> None:
        """Wants a report at once: somebody has just pressed a button."""
        self._report = time.perf_counter() + FIRST_REPORT_S

    def report_due(self) -> bool:
        """Whether the losses should be fetched."""
        return time.perf_counter() >= self._report

    def snapshot_due(self, last_of_epoch: bool) -> bool:
        """Whether the step to come should be looked at."""
        early = 0.8 * SNAPSHOT_S if last_of_epoch else 0.0
        return time.perf_counter() >= self._snapshot - early

    def checkpoint_due(self) -> bool:
        """Whether it is time to keep where the run stands."""
        return time.perf_counter() >= self._checkpoint

    def reported(self) -> None:
        """A report has just been given."""
        self._report = time.perf_counter() + REPORT_S

    def snapped(self, cost_s: float, elapsed_s: float) -> None:
        """A snapshot has just been taken. They become rarer in a long run, so that its record stays small,
        and never take a measurable share of its time."""
        self._snapshot = time.perf_counter() + max(SNAPSHOT_S, elapsed_s / 200, cost_s / SNAPSHOT_SHARE)

    def checkpointed(self, cost_s: float) -> None:
        """A checkpoint has just been made."""
        self._checkpoint = time.perf_counter() + max(CHECKPOINT_S, cost_s / CHECKPOINT_SHARE)
