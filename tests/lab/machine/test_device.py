"""The device: what is asked for, or why not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.events import Started
from lab.machine.device import (
    _trouble_with_gpu,
    choose_device,
    cpu_title,
    device_title,
    gpu_memory_gb,
    gpu_trouble,
    tried_device,
    usable_cores,
)
from lab.registry import SpecError
from lab.runs.wording import notice
from tests.support.small_runs import run, spec_of


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


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 1_000),
        ({"cpu.max": "max 100000"}, 1_000),
        ({"cpu.max": "200000 100000"}, 2),
        ({"cpu.max": "250000 100000"}, 3),
        ({"cpu.max": "10000 100000"}, 1),
        ({"cpu.max": "nonsense"}, 1_000),
        ({"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 1_000),
    ],
)
def test_a_containers_quota_counts_as_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: dict[str, str], cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(1_000), raising=False)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert usable_cores(tmp_path) == cores


def test_a_binding_below_the_quota_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    (tmp_path / "cpu.max").write_text("800000 100000\n")
    assert usable_cores(tmp_path) == 1


def precision_kinds() -> list[Any]:
    """What on a GPU has a precision of its own."""
    # torch sets these modules together at run time, out of the type checker's sight
    cudnn: Any = torch.backends.cudnn
    return [torch.backends.cuda.matmul, cudnn.conv, cudnn.rnn]


@pytest.fixture
def a_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[torch.Tensor], torch.Tensor]], None]]:
    """A GPU that torch announces; what it does with a tensor that is sent there is the test's."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    _trouble_with_gpu.cache_clear()
    kinds = precision_kinds()
    before = [kind.fp32_precision for kind in kinds]
    real = torch.Tensor.to

    def install(there: Callable[[torch.Tensor], torch.Tensor]) -> None:
        def sent(tensor: torch.Tensor, *where: object, **how: object) -> torch.Tensor:
            return there(tensor) if where == ("cuda",) else real(tensor, *where, **how)  # type: ignore[call-overload]

        monkeypatch.setattr(torch.Tensor, "to", sent)

    yield install
    _trouble_with_gpu.cache_clear()
    for kind, precision in zip(kinds, before, strict=True):
        kind.fp32_precision = precision


def _built_for_others(tensor: torch.Tensor) -> torch.Tensor:
    raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nmore")


def test_a_gpu_that_computes_right_is_taken_with_full_float32(a_gpu: Any) -> None:
    a_gpu(lambda tensor: tensor)
    assert tried_device("auto") == (torch.device("cuda"), None)
    assert [kind.fp32_precision for kind in precision_kinds()] == ["ieee"] * 3


@pytest.mark.parametrize(
    ("there", "word"), [(_built_for_others, "no kernel image"), (lambda tensor: tensor + 1, "wrong numbers")]
)
def test_a_gpu_that_does_not_work_is_passed_over_and_named(a_gpu: Any, there: Any, word: str) -> None:
    a_gpu(there)
    device, trouble = tried_device("auto")
    assert device == torch.device("cpu")
    assert trouble is not None
    said = str(gpu_trouble(trouble))
    assert word in said
    assert "\n" not in said
    with pytest.raises(SpecError, match=rf"train\.device: .*{word}.*allowed: auto, cpu"):
        tried_device("cuda")
    assert tried_device("cpu") == (torch.device("cpu"), None)


def test_a_run_says_that_its_gpu_was_passed_over(a_gpu: Any) -> None:
    a_gpu(_built_for_others)
    started = run(spec_of(device="auto"))[0]
    assert isinstance(started, Started)
    assert "Trained on the CPU: the GPU does not work here" in notice(started)


@pytest.mark.parametrize(("said", "gb"), [("8192\n24576\n", 8.59), ("", 0.0), ("[N/A]", 0.0)])
def test_the_smallest_gpu_is_planned_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, gb: float
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\nprintf '{said}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert gpu_memory_gb() == pytest.approx(gb, abs=0.01)
