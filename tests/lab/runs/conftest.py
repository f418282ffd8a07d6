"""A store, and the journal that only the runner writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.runs.journal import Journal
from lab.runs.store import Store


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = Store(home)
    yield store
    store.close()


@pytest.fixture
def record(home: Path, store: Store) -> Iterator[Journal]:
    record = Journal(home)
    yield record
    record.close()
