"""Memory as the machine tells it."""

from __future__ import annotations

from lab.machine.memory import memory_free_mb, memory_total_mb, memory_used_mb


def test_used_memory_is_part_of_all_memory() -> None:
    assert 10 < memory_used_mb() < memory_total_mb()
    assert 10 < memory_free_mb() < memory_total_mb()
