"""The device: what is asked for, or why not."""

from __future__ import annotations

import pytest
import torch

from lab.device import choose_device, cpu_title, device_title, memory_free_mb, memory_total_mb, memory_used_mb
from lab.registry import SpecError


def test_auto_takes_a_gpu_if_there_is_one() -> None:
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose_device("auto").type == expected
    assert choose_device("cpu").type == "cpu"


def test_a_missing_gpu_is_named_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SpecError, match=r"train\.device: there is no CUDA device .* allowed: auto, cpu"):
        choose_device("cuda")


def test_the_processor_has_a_name_and_cores() -> None:
    assert "core" in cpu_title()
    assert device_title(torch.device("cpu")) == cpu_title()


def test_used_memory_is_part_of_all_memory() -> None:
    assert 10 < memory_used_mb() < memory_total_mb()
    assert 10 < memory_free_mb() < memory_total_mb()
