"""The engine of this machine keeps what every engine promises, and what only processes can."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.engines import Engine
from lab.engines.local import LocalEngine, slots_of_this_machine
from lab.events import Loss, Pause
from lab.runs.run import new_run_id
from tests.lab.engines.contract import EngineContract, collect, is_over, kinds, until_said
from tests.support.narrowing import as_a, present
from tests.support.waiting import LONG, SHORT


class TestLocalEngine(EngineContract):
    def make_engine(self, home: Path, slots: int) -> Engine:
        return LocalEngine(home, slots)

    def kill_worker(self, engine: Engine, run_id: str) -> None:
        os.kill(present(as_a(LocalEngine, engine).worker_ids()[run_id]), signal.SIGKILL)


@pytest.fixture
def engine(home: Path) -> Iterator[LocalEngine]:
    engine = LocalEngine(home, slots=2)
    yield engine
    engine.close()


def test_a_machine_that_cannot_fork_spawns(home: Path) -> None:
    engine = LocalEngine(home, slots=1, method="spawn")
    engine.start(new_run_id(), SHORT, from_checkpoint=False)
    assert kinds(collect(engine, is_over))[-1] == "finished"
    engine.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform has no SIGKILL")
def test_of_a_lost_worker_the_signal_is_named(engine: LocalEngine) -> None:
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=False)
    until_said(engine, "started")
    os.kill(present(engine.worker_ids()[run_id]), signal.SIGKILL)
    assert as_a(Loss, collect(engine, is_over)[-1][1]).signal == "SIGKILL"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux chooses which process to end")
def test_where_memory_runs_out_a_worker_goes_before_the_server(engine: LocalEngine) -> None:
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=True)
    until_said(engine, "started")
    assert Path(f"/proc/{engine.worker_ids()[run_id]}/oom_score_adj").read_text().strip() == "1000"


def test_a_paused_worker_takes_no_processor_time(engine: LocalEngine) -> None:
    run_id = new_run_id()
    engine.start(run_id, LONG, from_checkpoint=False)
    engine.tell(run_id, Pause())
    until_said(engine, "paused")
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


def test_workers_leave_nothing_behind(engine: LocalEngine) -> None:
    run_id = new_run_id()
    engine.start(run_id, SHORT, from_checkpoint=False)
    process = engine._workers[run_id].process
    collect(engine, is_over)
    collect(engine, lambda said: not engine.worker_ids())
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
    assert mp.active_children() == []


def test_the_slots_are_the_cores_or_what_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
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
