"""The file: its version, a disk that is full, what is no database."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.database import DiskFullError, StoreError
from lab.events import StepsDone
from lab.runs.database import store_path
from lab.runs.journal import Journal
from lab.runs.store import Store
from tests.lab.runs.events_of_a_run import SPEC, steps, write
from tests.support.kept import events_of


def test_a_full_disk_is_said_in_words_and_what_was_written_stays_readable(
    store: Store, record: Journal
) -> None:
    run_id = store.submit(SPEC)
    write(record, run_id, steps(1, 1.0))
    pages = record._connection.execute("PRAGMA page_count").fetchone()[0]
    record._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError, match="is full: free some space"):
        write(record, run_id, *(steps(n, *([0.5] * 500)) for n in range(2, 200)))
    assert [event.step for event in events_of(store, run_id, StepsDone)] == [1]
    record._connection.execute("PRAGMA max_page_count = 1000000")
    write(record, run_id, steps(2, 1.0))
    assert [event.step for event in events_of(store, run_id, StepsDone)] == [1, 2]


def test_a_store_opened_on_a_full_disk_shows_its_runs_and_refuses_new_ones(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.submit(SPEC)
    store.close()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    (home / "lab.sqlite-wal").mkdir()  # no more can SQLite make its file there
    full = Store(home)
    assert [run.id for run in full.runs()] == [run_id]
    with pytest.raises(DiskFullError, match="is full: free some space"):
        full.submit(SPEC)
    (home / "lab.sqlite-wal").rmdir()
    assert full.submit(SPEC) in {run.id for run in full.runs()}


def test_a_file_that_is_no_store_is_named_in_the_error(home: Path) -> None:
    store_path(home).write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="is damaged"):
        Store(home)


def test_a_store_of_a_later_version_is_refused_untouched(home: Path, store: Store) -> None:
    with store._connection() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        Journal(home)
