"""How a worker ended is read from its exit code, and from what the kernel counts."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from lab.engines import deaths
from lab.engines.deaths import ended_for_memory, lost
from lab.events import Loss


@pytest.mark.skipif(not hasattr(signal, "SIGBUS"), reason="this platform has not all of the signals")
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"])
def test_a_worker_that_crashes_is_not_said_to_have_lacked_memory(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deaths, "ended_for_memory", lambda: 5)
    said = lost(-getattr(signal, name), 4)
    assert said == Loss(cause="crashed", signal=name)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform has no SIGKILL")
def test_memory_is_the_cause_only_where_the_kernel_counted_one_process_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deaths, "ended_for_memory", lambda: 5)
    assert lost(-signal.SIGKILL, 5) == Loss(cause="ended", signal="SIGKILL")
    assert lost(-signal.SIGKILL, 4).cause == "out_of_memory"
    assert lost(-signal.SIGTERM, 4) == Loss(cause="ended", signal="SIGTERM")
    assert lost(1, 4) == Loss(cause="exited", exit_code=1)


def test_the_containers_count_goes_before_the_machines_and_none_is_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    container, machine = tmp_path / "memory.events", tmp_path / "vmstat"
    monkeypatch.setattr(deaths, "_COUNTS", (container, machine))
    assert ended_for_memory() == 0
    machine.write_text("pgfault 12\noom_kill 7\n")
    assert ended_for_memory() == 7
    container.write_text("low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n")
    assert ended_for_memory() == 2
