"""A run has an id of its own."""

from __future__ import annotations

from lab.paths import is_run_id
from lab.runs.run import new_run_id


def test_every_new_id_is_an_id() -> None:
    assert all(is_run_id(new_run_id()) for _ in range(3000))
