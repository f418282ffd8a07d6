"""How often a run says something, by a clock that the test turns."""

from __future__ import annotations

import pytest

from lab.training import pace
from lab.training.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    return clock


def test_the_first_report_is_due_at_once_and_then_four_a_second(clock: Clock) -> None:
    due = Pace()
    assert due.report_due()
    reports = 0
    for _ in range(1000):
        clock.now += 0.01
        if due.report_due():
            reports += 1
            due.reported()
    assert 38 <= reports <= 41


def test_after_a_button_a_report_comes_soon(clock: Clock) -> None:
    due = Pace()
    due.reported()
    due.hurry()
    clock.now += 0.05
    assert due.report_due()


@pytest.mark.parametrize("cost_s", [0.001, 0.1, 2.0])
def test_snapshots_and_checkpoints_take_a_small_share_of_the_time(clock: Clock, cost_s: float) -> None:
    due, snapshots, checkpoints, begun = Pace(), 0.0, 0.0, clock.now
    while clock.now < begun + 1000:
        clock.now += 0.05
        if due.snapshot_due(last_of_epoch=False):
            snapshots += cost_s
            clock.now += cost_s
            due.snapped(cost_s, clock.now - begun)
        if due.checkpoint_due():
            checkpoints += cost_s
            clock.now += cost_s
            due.checkpointed(cost_s)
    assert 0 < snapshots / 1000 <= 0.02
    assert 0 < checkpoints / 1000 <= 0.02


def test_snapshots_become_rarer_in_a_long_run(clock: Clock) -> None:
    due = Pace()
    due.snapped(0.0, elapsed_s=1000.0)
    clock.now += 4.9
    assert not due.snapshot_due(last_of_epoch=False)
    clock.now += 0.2
    assert due.snapshot_due(last_of_epoch=False)


def test_the_end_of_an_epoch_is_looked_at_a_little_early(clock: Clock) -> None:
    due = Pace()
    due.snapped(0.0, 0.0)
    clock.now += 0.5
    assert not due.snapshot_due(last_of_epoch=False)
    assert due.snapshot_due(last_of_epoch=True)
