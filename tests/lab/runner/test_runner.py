"""The runner makes every run's state follow what is wanted, whatever happens to workers and to itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import torch

from lab.engines import deaths
from lab.engines.local import LocalEngine
from lab.events import DiskFull, Failed, GivenUp, Loss, Resumed, SetLearningRate, StepOnce, StepsDone
from lab.network import weights
from lab.paths import checkpoint_file, latest_weights, run_folder
from lab.runner import fair_share
from lab.runner.runner import CRASHES_ALLOWED, PAUSED_KEPT, Runner
from lab.runs.run import RunState
from lab.runs.store import Store
from lab.runs.wording import advice
from tests.support.kept import events_of, last_of
from tests.support.narrowing import as_a, present
from tests.support.waiting import patience, small

LONG = small(epochs=900)
SHORT = small(epochs=2)
MIDDLE = small(epochs=30)


class Bench:
    """A store, and a runner over real processes, turned by the test."""

    def __init__(self, home: Path, slots: int = 2) -> None:
        self.home, self.slots = home, slots
        self.store = Store(home)
        self.runner = Runner(home, LocalEngine(home, slots))

    def until(self, reached: Callable[[], object]) -> None:
        for _ in patience():
            self.runner.turn(0.02)
            if reached():
                return
        raise AssertionError([(run.id, run.state, run.cause) for run in self.store.runs()])

    def until_state(self, run_id: str, state: RunState) -> None:
        self.until(lambda: present(self.store.run(run_id)).state == state)

    def until_more(self, run_id: str, kind: str, than: int) -> None:
        self.until(lambda: self.count(run_id, kind) > than)

    def count(self, run_id: str, kind: str) -> int:
        return len(self.store.events(run_id, kinds=(kind,)))

    def workers(self) -> dict[str, int]:
        return {
            run_id: present(pid) for run_id, pid in as_a(LocalEngine, self.runner.engine).worker_ids().items()
        }

    def worker(self, run_id: str) -> int:
        return self.workers()[run_id]

    def states(self, *run_ids: str) -> list[str]:
        return [present(self.store.run(run_id)).state for run_id in run_ids]

    def restart(self) -> None:
        self.runner.close()
        self.runner = Runner(self.home, LocalEngine(self.home, self.slots))

    def close(self) -> None:
        self.runner.close()
        self.store.close()


@pytest.fixture
def bench(home: Path) -> Iterator[Bench]:
    bench = Bench(home)
    yield bench
    bench.close()


def final_weights(bench: Bench, run_id: str) -> dict[str, torch.Tensor]:
    return weights.load(latest_weights(bench.home, run_id))[0]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_submitted_run_is_computed_to_its_end(bench: Bench) -> None:
    run_id = bench.store.submit(SHORT)
    bench.until_state(run_id, "finished")
    run = present(bench.store.run(run_id))
    assert run.step == run.steps > 0
    assert run.epoch == run.epochs == 2
    assert present(run.test_accuracy) > 0.5
    assert len(run.curve) > 10
    assert not checkpoint_file(bench.home, run_id).exists()
    assert bench.runner.is_idle()


def test_a_run_whose_worker_is_killed_ends_with_the_weights_of_one_that_was_not(bench: Bench) -> None:
    undisturbed, killed = bench.store.submit(MIDDLE), bench.store.submit(MIDDLE)
    bench.until(lambda: bench.count(killed, "checkpoint") >= 2)
    os.kill(bench.worker(killed), signal.SIGKILL)
    bench.until_state(killed, "finished")
    bench.until_state(undisturbed, "finished")
    assert same(final_weights(bench, killed), final_weights(bench, undisturbed))
    (resumed,) = events_of(bench.store, killed, Resumed)
    assert resumed.loss == Loss(cause="ended", signal="SIGKILL")


def test_a_run_that_was_going_when_the_runner_ended_is_taken_up_by_the_next(bench: Bench) -> None:
    undisturbed, interrupted = bench.store.submit(MIDDLE), bench.store.submit(MIDDLE)
    bench.until_state(undisturbed, "finished")
    if present(bench.store.run(interrupted)).state != "finished":  # else it was quicker
        bench.restart()
        assert present(bench.store.run(interrupted)).state == "interrupted"
        bench.until_state(interrupted, "finished")
    assert same(final_weights(bench, interrupted), final_weights(bench, undisturbed))


def test_after_a_restart_a_run_says_that_it_was_interrupted(bench: Bench) -> None:
    run_id = bench.store.submit(LONG)
    bench.until(lambda: bench.count(run_id, "checkpoint") >= 2)
    bench.restart()
    bench.until_state(run_id, "running")
    (resumed,) = events_of(bench.store, run_id, Resumed)
    assert resumed.loss == Loss(cause="lab_stopped")
    assert resumed.step > 0


def given_up_after(bench: Bench, kind: signal.Signals) -> GivenUp:
    """How a run fails whose worker gets a signal whenever there is one."""
    run_id = bench.store.submit(small(epochs=1, train_samples=1500, batch_size=4))

    def end() -> bool:
        if run_id in bench.workers():
            with suppress(ProcessLookupError):  # it may have died of the last one just now
                os.kill(bench.worker(run_id), kind)
        return present(bench.store.run(run_id)).state == "failed"

    bench.until(end)
    cause = as_a(GivenUp, last_of(bench.store, run_id, Failed).cause)
    assert present(bench.store.run(run_id)).cause == cause
    assert cause.attempts == CRASHES_ALLOWED + 1
    return cause


def test_a_worker_that_dies_again_and_again_is_given_up(bench: Bench) -> None:
    cause = given_up_after(bench, signal.SIGKILL)
    assert cause.loss.cause == "ended"
    assert "Start it again" in advice(cause)
    assert "batch" not in advice(cause)


def test_a_worker_that_the_kernel_ends_for_want_of_memory_is_told_a_smaller_batch(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter(range(10_000))
    monkeypatch.setattr(deaths, "ended_for_memory", lambda: next(counts))
    cause = given_up_after(bench, signal.SIGKILL)
    assert cause.loss.cause == "out_of_memory"
    assert "Try a batch size of 1" in advice(cause)


def test_a_worker_that_crashes_again_and_again_is_told_no_batch_size(bench: Bench) -> None:
    cause = given_up_after(bench, signal.SIGSEGV)
    assert cause.loss == Loss(cause="crashed", signal="SIGSEGV")
    assert "report" in advice(cause)
    assert "batch" not in advice(cause)


def test_a_run_whose_worker_crashed_once_goes_on_from_its_checkpoint(bench: Bench) -> None:
    run_id = bench.store.submit(MIDDLE)
    bench.until(lambda: bench.count(run_id, "checkpoint") >= 2)
    os.kill(bench.worker(run_id), signal.SIGSEGV)
    bench.until_state(run_id, "finished")
    (resumed,) = events_of(bench.store, run_id, Resumed)
    assert resumed.loss == Loss(cause="crashed", signal="SIGSEGV")


def test_pause_step_learning_rate_resume_and_stop_are_obeyed_while_it_runs(bench: Bench) -> None:
    store, run_id = bench.store, bench.store.submit(LONG)
    bench.until(lambda: bench.count(run_id, "steps_done"))
    store.want(run_id, "pause")
    bench.until_state(run_id, "paused")
    step = present(store.run(run_id)).step
    for steps in (1, 10, 100):
        paused = bench.count(run_id, "paused")
        store.tell(run_id, StepOnce(steps=steps))
        bench.until_more(run_id, "paused", paused)
        step += steps
        assert present(store.run(run_id)).step == step
        assert present(store.run(run_id)).state == "paused"
    store.tell(run_id, SetLearningRate(learning_rate=0.125))
    bench.until(lambda: bench.count(run_id, "learning_rate_changed"))
    store.want(run_id, "run")
    bench.until_state(run_id, "running")
    bench.until(lambda: present(store.run(run_id)).step > step)
    assert last_of(store, run_id, StepsDone).learning_rate == pytest.approx(0.125, rel=0.01)
    store.want(run_id, "stop")
    bench.until_state(run_id, "stopped")
    metadata = weights.load(latest_weights(bench.home, run_id))[1]
    assert int(metadata["step"]) == present(store.run(run_id)).step


def test_a_run_paused_before_its_first_step_ends_as_one_that_never_was(bench: Bench) -> None:
    undisturbed, paused = bench.store.submit(SHORT), bench.store.submit(SHORT)
    bench.store.want(paused, "pause")
    bench.until_state(paused, "paused")
    assert present(bench.store.run(paused)).step == 0
    bench.until_state(undisturbed, "finished")
    bench.restart()
    bench.store.want(paused, "run")
    bench.until_state(paused, "finished")
    assert same(final_weights(bench, paused), final_weights(bench, undisturbed))


def test_a_new_run_can_be_made_one_step_at_a_time(bench: Bench) -> None:
    run_id = bench.store.submit(LONG, want="pause")
    bench.until_state(run_id, "paused")
    bench.store.tell(run_id, StepOnce(steps=1))
    bench.until(lambda: bench.count(run_id, "steps_done") and present(bench.store.run(run_id)).step == 1)
    assert present(bench.store.run(run_id)).state == "paused"


def test_a_stopped_run_can_go_on_to_the_same_end(bench: Bench) -> None:
    undisturbed, run_id = bench.store.submit(MIDDLE), bench.store.submit(MIDDLE)
    bench.until(lambda: bench.count(run_id, "checkpoint") >= 2)
    bench.store.want(run_id, "stop")
    bench.until(lambda: not present(bench.store.run(run_id)).is_active)
    bench.store.want(run_id, "run")
    bench.until_state(run_id, "finished")
    bench.until_state(undisturbed, "finished")
    assert same(final_weights(bench, run_id), final_weights(bench, undisturbed))


def test_quick_changes_of_mind_end_as_the_last_one_says(bench: Bench) -> None:
    run_id = bench.store.submit(LONG)
    bench.until_state(run_id, "running")
    for wish in ("pause", "run", "pause", "run"):
        bench.store.want(run_id, wish)
        bench.runner.turn(0.0)
    step = present(bench.store.run(run_id)).step
    bench.until(lambda: present(bench.store.run(run_id)).step > step + 100)
    assert present(bench.store.run(run_id)).state == "running"


def test_stopping_and_deleting_need_no_worker(bench: Bench) -> None:
    running = [bench.store.submit(LONG, owner="ada") for _ in range(2)]
    queued = [bench.store.submit(LONG, owner="ada") for _ in range(2)]
    bench.until(lambda: bench.states(*running) == ["running", "running"])
    assert bench.states(*queued) == ["queued", "queued"]
    bench.store.want(queued[0], "stop")
    bench.until_state(queued[0], "stopped")
    bench.store.delete(queued[1])
    bench.store.delete(running[0])
    bench.until(lambda: len(bench.runner.journal.tasks()) == 1)
    assert not run_folder(bench.home, running[0]).exists()
    assert [run.id for run in bench.store.runs()] == [queued[0], running[1]]


def test_slots_go_to_the_owner_who_has_the_fewest(bench: Bench) -> None:
    first = [bench.store.submit(LONG, owner="ada") for _ in range(4)]
    bench.until(lambda: bench.states(*first[:2]) == ["running", "running"])
    other = bench.store.submit(SHORT, owner="emmy")
    late = bench.store.submit(SHORT, owner="noether")
    bench.runner.turn()
    assert bench.states(other, first[2]) == ["queued", "queued"]
    assert bench.store.waiting_before(other) == 2
    bench.store.want(first[0], "stop")
    bench.until_state(other, "finished")
    bench.until_state(late, "finished")
    assert not bench.count(first[3], "started")


def test_every_owner_sees_a_curve_soon_and_nobody_hears_of_the_slices(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_share, "SLICE_S", 0.2)
    run_ids = [bench.store.submit(LONG, owner=f"student {number}") for number in range(5)]
    bench.until(lambda: all(present(bench.store.run(run_id)).step > 500 for run_id in run_ids))
    assert set(bench.states(*run_ids)) == {"running"}
    assert not any(bench.count(run_id, kind) for run_id in run_ids for kind in ("paused", "resumed"))
    bench.store.want(run_ids[0], "pause")
    bench.until_state(run_ids[0], "paused")
    assert bench.count(run_ids[0], "paused") == 1
    step = present(bench.store.run(run_ids[0])).step
    bench.store.tell(run_ids[0], StepOnce(steps=3))
    bench.until(lambda: present(bench.store.run(run_ids[0])).step == step + 3)
    bench.store.want(run_ids[1], "stop")
    bench.until_state(run_ids[1], "stopped")


def test_runs_that_share_a_slot_end_as_if_they_had_been_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = bench.store.submit(small(epochs=10))
    bench.until_state(alone, "finished")
    monkeypatch.setattr(fair_share, "SLICE_S", 0.05)
    run_ids = [bench.store.submit(small(epochs=10), owner=f"student {number}") for number in range(4)]
    bench.until(lambda: set(bench.states(*run_ids)) == {"finished"})
    for run_id in run_ids:
        assert same(final_weights(bench, run_id), final_weights(bench, alone))


def test_the_runs_of_one_owner_are_computed_one_after_the_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_share, "SLICE_S", 0.05)
    run_ids = [bench.store.submit(LONG, owner="ada") for _ in range(3)]
    bench.until(lambda: present(bench.store.run(run_ids[0])).step > 2000)
    assert bench.states(*run_ids) == ["running", "running", "queued"]


def test_a_paused_run_gives_its_slot_away_and_waits_for_one_to_go_on(home: Path) -> None:
    bench = Bench(home, slots=1)
    one = bench.store.submit(LONG)
    bench.until_state(one, "running")
    bench.store.want(one, "pause")
    other = bench.store.submit(LONG)
    bench.until_state(other, "running")
    bench.store.want(one, "run")
    bench.until_state(one, "queued")
    bench.store.want(other, "stop")
    bench.until_state(one, "running")
    bench.close()


def test_of_many_paused_runs_the_oldest_leave_memory_and_still_go_on(bench: Bench) -> None:
    run_ids = []
    for _ in range(PAUSED_KEPT + 2):
        run_ids.append(bench.store.submit(LONG))
        bench.until(lambda: bench.count(run_ids[-1], "steps_done"))
        bench.store.want(run_ids[-1], "pause")
        bench.until_state(run_ids[-1], "paused")
    bench.runner.turn(0.02)
    assert len(bench.workers()) == PAUSED_KEPT
    assert set(bench.states(*run_ids)) == {"paused"}
    step = present(bench.store.run(run_ids[0])).step
    bench.store.tell(run_ids[0], StepOnce(steps=5))
    bench.until(lambda: present(bench.store.run(run_ids[0])).step == step + 5)
    bench.store.want(run_ids[0], "run")
    bench.until(lambda: present(bench.store.run(run_ids[0])).step > step + 5)


def test_a_full_disk_ends_that_run_and_not_the_runner(bench: Bench) -> None:
    earlier = bench.store.submit(SHORT)
    bench.until_state(earlier, "finished")
    connection = bench.runner.journal._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    run_id = bench.store.submit(LONG)
    bench.until_state(run_id, "running")
    connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    bench.until(lambda: run_id not in bench.workers())
    assert bench.store.events(earlier)
    connection.execute("PRAGMA max_page_count = 1000000")
    bench.until_state(run_id, "failed")
    cause = DiskFull(folder=str(bench.home), unwritten="events")
    assert present(bench.store.run(run_id)).cause == cause
    assert last_of(bench.store, run_id, Failed).cause == cause
    again = bench.store.submit(SHORT)
    bench.until_state(again, "finished")
