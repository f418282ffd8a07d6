"""Whose turn it is, among owners and runs."""

from __future__ import annotations

import time
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lab.events import Paused, Resumed, StepsDone
from lab.runner.fair_share import SLICE_S, FairShare, LiveRun
from lab.runs.journal import Task


def task(number: int, owner: str) -> Task:
    return Task(
        run_id=f"run-{number}",
        number=number,
        owner=owner,
        spec_json="{}",
        want="run",
        state="queued",
        served_at=0.0,
        step=0,
    )


def served(run: LiveRun) -> LiveRun:
    """The run after its slice."""
    run.began = time.monotonic() - SLICE_S - 1
    return run


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), st.integers(1, 4))
def test_no_owner_has_two_slots_more_than_one_who_waits(owners: list[str], slots: int) -> None:
    share, waiting = FairShare(), [task(number, owner) for number, owner in enumerate(owners)]
    for _ in range(min(slots, len(waiting))):
        chosen = share.next_in_turn(waiting, room=8)
        waiting.remove(chosen)
        share[chosen.run_id] = LiveRun(chosen.owner)
    busy = share.computing()
    for owner in {each.owner for each in waiting}:
        assert max(busy.values()) - busy[owner] <= 1


def test_the_runs_of_one_owner_come_in_their_order() -> None:
    share, waiting = FairShare(), [task(number, "ada") for number in (3, 1, 2)]
    numbers = []
    while waiting:
        chosen = share.next_in_turn(waiting, room=8)
        waiting.remove(chosen)
        numbers.append(chosen.number)
    assert numbers == [1, 2, 3]


def test_without_room_one_that_is_in_memory_comes_first() -> None:
    share = FairShare()
    share["run-2"] = LiveRun("emmy", paused_at=1.0)
    waiting = [task(1, "ada"), task(2, "emmy")]
    assert share.next_in_turn(waiting, room=0).number == 2
    assert FairShare().next_in_turn(waiting, room=8).number == 1


def test_one_who_has_nothing_computed_preempts_the_one_who_has_most() -> None:
    share = FairShare()
    for number, owner in enumerate("aab"):
        share[f"run-{number}"] = served(LiveRun(owner))
    (preempted,) = share.to_preempt([task(9, "c")], room=8)
    assert share[preempted].owner == "a"
    assert share.to_preempt([task(9, "b")], room=8) == []  # of whom one is computed already


def test_nobody_is_preempted_before_the_slice_is_over_or_twice() -> None:
    share = FairShare()
    share["run-1"] = LiveRun("a")
    assert share.to_preempt([task(9, "c")], room=8) == []
    served(share["run-1"]).preempted = True
    assert share.to_preempt([task(9, "c")], room=8) == []  # a slot is coming


def test_a_pause_of_the_runners_own_is_nobody_elses_business() -> None:
    run = LiveRun("a", preempted=True)
    assert run.answers_to_the_runner(Paused(step=5))
    assert not run.computes
    assert run.answers_to_the_runner(Resumed(step=5))
    assert not run.preempted
    assert not run.answers_to_the_runner(Paused(step=6))  # which a person asked for
    assert not run.answers_to_the_runner(
        StepsDone(step=6, losses=(1.0,), learning_rate=0.1, samples_per_s=1.0, elapsed_s=1.0)
    )


def test_those_paused_first_leave_memory_first() -> None:
    share = FairShare()
    for number in (2, 1, 3):
        share[f"run-{number}"] = LiveRun("a", told_to_pause=True, paused_at=float(number))
    share["run-4"] = LiveRun("a", paused_at=0.5)  # for others: not by a person
    assert share.longest_paused(kept=1) == ["run-1", "run-2"]


def test_a_run_that_is_forgotten_takes_no_slot() -> None:
    share = FairShare()
    share["run-1"] = LiveRun("a")
    assert not share.waits("run-1")
    share.forget("run-1")
    share.forget("run-1")
    assert share.waits("run-1")
    assert share.computing() == Counter()
