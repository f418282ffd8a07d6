"""What every engine promises to the runner, shown on real runs over the bundled digits."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import time
from pathlib import Path

import pytest
import torch

from lab.engines import deaths, worker
from lab.engines.checkpoints import Checkpoints
from lab.engines.deaths import ended_for_memory, lost
from lab.engines.local import LocalEngine, slots_of_this_machine
from lab.engines.worker import failure, work
from lab.events import (
    Checkpoint,
    DiskFull,
    LearningRateChanged,
    Loss,
    Pause,
    Resume,
    Resumed,
    SetLearningRate,
    StepOnce,
    Stop,
    from_json,
    is_end,
)
from lab.network import weights
from lab.paths import checkpoint_file, epoch_weights, latest_weights
from lab.runs.run import new_run_id
from lab.runs.wording import advice, failure_sentence
from lab.spec import parse_spec
from tests.support.waiting import LONG, SHORT, patience


@pytest.fixture
def engine(home):
    engine = LocalEngine(home, slots=2)
    yield engine
    engine.close()


def collect(engine: LocalEngine, enough, said=None) -> list:
    """All that is said until `enough(said)`."""
    said = [] if said is None else said
    for _ in patience():
        said += engine.poll(0.02)
        if enough(said):
            return said
    raise AssertionError(said[-3:])


def kinds(said) -> list[str]:
    return [getattr(event, "kind", "lost") for _, event in said]


def is_over(said) -> bool:
    return any(is_end(event) or isinstance(event, Loss) for _, event in said)


def test_a_run_is_told_from_its_start_to_its_end_and_its_weights_lie_in_its_folder(engine, home):
    run_id = new_run_id()
    engine.start(run_id, SHORT, from_checkpoint=True)
    said = collect(engine, is_over)
    assert {name for name, _ in said} == {run_id}
    assert kinds(said)[0] == "started"
    assert kinds(said)[-1] == "finished"
    latest, metadata = weights.load(latest_weights(home, run_id))
    last, _ = weights.load(epoch_weights(home, run_id, 2))
    assert parse_spec(metadata["spec"]) == parse_spec(SHORT)
    assert metadata["epoch"] == "2"
    assert all(torch.equal(latest[name], last[name]) for name in last)
    assert engine.poll(0.0) == []


def test_a_machine_that_cannot_fork_spawns(home):
    engine = LocalEngine(home, slots=1, method="spawn")
    engine.start(new_run_id(), SHORT, from_checkpoint=False)
    assert kinds(collect(engine, is_over))[-1] == "finished"
    engine.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux chooses which process to end")
def test_where_memory_runs_out_a_worker_goes_before_the_server(engine):
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=True)
    collect(engine, lambda said: "started" in kinds(said))
    assert Path(f"/proc/{engine.worker_ids()[run_id]}/oom_score_adj").read_text().strip() == "1000"


def test_a_killed_worker_is_reported_lost_and_goes_on_from_its_checkpoint(engine, home):
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=True)
    collect(engine, lambda said: kinds(said).count("checkpoint") >= 2)
    os.kill(engine.worker_ids()[run_id], signal.SIGKILL)
    said = collect(engine, is_over)
    assert isinstance(said[-1][1], Loss)
    assert said[-1][1].signal == "SIGKILL"
    step = int(weights.load(checkpoint_file(home, run_id))[1]["step"])
    engine.start(run_id, LONG, from_checkpoint=True)
    begun = collect(engine, lambda said: len(said) >= 2)
    assert begun[0][1].step == step > 0
    assert isinstance(begun[1][1], Resumed)


@pytest.mark.skipif(not hasattr(signal, "SIGBUS"), reason="this platform has not all of the signals")
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"])
def test_a_worker_that_crashes_is_not_said_to_have_lacked_memory(name, monkeypatch):
    monkeypatch.setattr(deaths, "ended_for_memory", lambda: 5)
    said = lost(-getattr(signal, name), 4)
    assert said == Loss(cause="crashed", signal=name)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform has no SIGKILL")
def test_memory_is_the_cause_only_where_the_kernel_counted_one_process_more(monkeypatch):
    monkeypatch.setattr(deaths, "ended_for_memory", lambda: 5)
    assert lost(-signal.SIGKILL, 5) == Loss(cause="ended", signal="SIGKILL")
    assert lost(-signal.SIGKILL, 4).cause == "out_of_memory"
    assert lost(-signal.SIGTERM, 4) == Loss(cause="ended", signal="SIGTERM")
    assert lost(1, 4) == Loss(cause="exited", exit_code=1)


def test_the_containers_count_goes_before_the_machines_and_none_is_zero(tmp_path, monkeypatch):
    container, machine = tmp_path / "memory.events", tmp_path / "vmstat"
    monkeypatch.setattr(deaths, "_COUNTS", (container, machine))
    assert ended_for_memory() == 0
    machine.write_text("pgfault 12\noom_kill 7\n")
    assert ended_for_memory() == 7
    container.write_text("low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n")
    assert ended_for_memory() == 2


def test_a_damaged_checkpoint_is_no_obstacle(engine, home):
    run_id = new_run_id()
    weights.write_beside(checkpoint_file(home, run_id), b"rubbish" * 100)
    engine.start(run_id, SHORT, from_checkpoint=True)
    assert kinds(collect(engine, is_over))[-1] == "finished"


def test_a_run_obeys_while_it_runs(engine):
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=False)
    engine.tell(run_id, Pause())
    said = collect(engine, lambda said: "paused" in kinds(said))
    step = said[-1][1].step
    engine.tell(run_id, StepOnce(7))
    said = collect(engine, lambda said: "paused" in kinds(said))
    assert said[-1][1].step == step + 7
    engine.tell(run_id, SetLearningRate(0.25))
    said = collect(engine, lambda said: "learning_rate_changed" in kinds(said))
    assert said[-1][1] == LearningRateChanged(step=step + 7, learning_rate=0.25)
    engine.tell(run_id, Resume())
    said = collect(engine, lambda said: "steps_done" in kinds(said))
    assert said[-1][1].learning_rate == pytest.approx(0.25, rel=1e-3)
    engine.tell(run_id, Stop())
    assert kinds(collect(engine, is_over))[-1] == "stopped"


def test_a_paused_worker_takes_no_processor_time(engine):
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=False)
    engine.tell(run_id, Pause())
    collect(engine, lambda said: "paused" in kinds(said))
    status = f"/proc/{engine.worker_ids()[run_id]}/status"
    if not os.path.exists(status):
        pytest.skip("no /proc on this platform")

    def switches() -> int:
        with open(status) as lines:
            return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)

    time.sleep(0.1)
    before = switches()
    time.sleep(0.3)
    assert switches() - before <= 2


def test_a_killed_run_is_heard_of_no_more_and_others_go_on(engine):
    one, other = new_run_id(), new_run_id()
    engine.start(one, LONG, from_checkpoint=False)
    engine.start(other, LONG, from_checkpoint=False)  # a short one could be over before the first is heard of
    collect(engine, lambda said: {name for name, _ in said} == {one, other})
    engine.kill(one)
    engine.tell(other, Stop())
    said = collect(engine, is_over)
    assert {name for name, _ in said} == {other}
    engine.tell(one, Stop())
    engine.kill(one)


def test_a_configuration_that_cannot_run_fails_in_words(engine):
    run_id = new_run_id()
    engine.start(run_id, SHORT.replace('"units":10', '"units":9'), from_checkpoint=False)
    said = collect(engine, is_over)
    assert kinds(said)[-1] == "failed"
    assert failure_sentence(said[-1][1].cause, 0)


def test_a_folder_that_cannot_be_written_ends_the_run_in_words(engine, home):
    run_id = new_run_id()
    latest_weights(home, run_id).parent.parent.mkdir(parents=True)
    latest_weights(home, run_id).parent.write_text("a file where the folder should be")
    engine.start(run_id, SHORT, from_checkpoint=False)
    said = collect(engine, is_over)
    assert kinds(said)[-1] == "failed"
    assert failure_sentence(said[-1][1].cause, 0)


def test_workers_leave_nothing_behind(engine):
    run_id = new_run_id()
    engine.start(run_id, SHORT, from_checkpoint=False)
    process = engine._workers[run_id].process
    collect(engine, is_over)
    collect(engine, lambda said: not engine.worker_ids())
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
    assert mp.active_children() == []


def test_a_run_beyond_the_budget_is_refused_whichever_way_it_was_started(home, monkeypatch):
    monkeypatch.setenv("LAB_MAX_HOURS", "0.0001")
    monkeypatch.setattr(worker, "FIRST_TO_GO", "0")  # here it is the tests' own process
    ours, theirs = mp.Pipe()
    work(theirs, home, new_run_id(), LONG, from_checkpoint=True)
    refused = from_json(ours.recv_bytes().decode())
    assert refused.kind == "failed"
    assert "at most 0 minutes are allowed (LAB_MAX_HOURS)" in refused.cause.text


def test_a_full_disk_and_a_full_memory_are_told_apart(home):
    disk = failure(OSError(28, "No space left on device"), 7, home, SHORT)
    assert (disk.cause, disk.step) == (DiskFull(folder=str(home), unwritten="weights"), 7)
    assert failure(MemoryError(), 0, home, SHORT).cause.kind == "out_of_memory"
    memory = failure(RuntimeError("CUDA out of memory"), 0, home, SHORT)
    assert memory.cause.kind == "out_of_memory"
    assert "Try a batch size of" in advice(memory.cause)
    unexpected = failure(ZeroDivisionError("by zero"), 0, home, SHORT)
    assert failure_sentence(unexpected.cause, 0) == "ZeroDivisionError: by zero."


def test_of_very_many_epochs_those_evenly_apart_and_the_newest_are_kept(home):
    run_id = new_run_id()
    checkpoints = Checkpoints(home, run_id, SHORT)
    for epoch in range(1, 131):
        checkpoints.write(
            Checkpoint(
                step=epoch,
                epoch=epoch,
                epoch_end=epoch,
                state={"a": torch.ones(1)},
                weights={"a": torch.ones(1)},
            )
        )
    kept = [epoch for epoch in range(1, 131) if epoch_weights(home, run_id, epoch).exists()]
    assert kept == [*range(4, 129, 4), 130]


def test_the_slots_are_the_cores_or_what_the_variable_says(monkeypatch):
    monkeypatch.delenv("LAB_SLOTS", raising=False)
    monkeypatch.setattr("lab.engines.local.usable_cores", lambda: 16)
    for gpu_gb, slots in ((0.0, 16), (4.3, 2), (1.0, 1), (80.0, 16)):
        monkeypatch.setattr("lab.engines.local.gpu_memory_gb", lambda gb=gpu_gb: gb)
        assert slots_of_this_machine() == slots
    monkeypatch.setenv("LAB_SLOTS", "7")
    assert slots_of_this_machine() == 7
    for text in ("none", "0", "-1", "1e3", "99999"):
        monkeypatch.setenv("LAB_SLOTS", text)
        with pytest.raises(ValueError, match="from 1 to 1024"):
            slots_of_this_machine()
