"""What a worker says of a run that cannot begin, and of what went wrong."""

from __future__ import annotations

import multiprocessing as mp
from pathlib import Path

import pytest

from lab.engines import worker
from lab.engines.worker import failure, work
from lab.events import DiskFull, Failed, Refused, from_json
from lab.reasons import in_words
from lab.runs.run import new_run_id
from lab.runs.wording import advice, failure_sentence
from lab.texts import speaking
from tests.support.narrowing import as_a
from tests.support.waiting import LONG, SHORT


def test_a_run_beyond_the_budget_is_refused_whichever_way_it_was_started(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_MAX_HOURS", "0.0001")
    monkeypatch.setattr(worker, "FIRST_TO_GO", "0")  # here it is the tests' own process
    ours, theirs = mp.Pipe()
    work(theirs, home, new_run_id(), LONG, from_checkpoint=True)
    failed = as_a(Failed, from_json(ours.recv_bytes().decode()))
    reasons = as_a(Refused, failed.cause).reasons
    assert "the limit is 0.4 s (LAB_MAX_HOURS)" in in_words(reasons)
    with speaking("zh"):
        assert "上限为 0.4 秒（LAB_MAX_HOURS）" in in_words(reasons)


def test_a_full_disk_and_a_full_memory_are_told_apart(home: Path) -> None:
    disk = failure(OSError(28, "No space left on device"), 7, home, SHORT)
    assert (disk.cause, disk.step) == (DiskFull(folder=str(home), unwritten="weights"), 7)
    assert failure(MemoryError(), 0, home, SHORT).cause.kind == "out_of_memory"
    memory = failure(RuntimeError("CUDA out of memory"), 0, home, SHORT)
    assert memory.cause.kind == "out_of_memory"
    assert "Try a batch size of" in advice(memory.cause)
    unexpected = failure(ZeroDivisionError("by zero"), 0, home, SHORT)
    assert failure_sentence(unexpected.cause, 0) == "ZeroDivisionError: by zero."
