"""A run that cannot go on says what it was and what to try."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from lab.events import (
    Diverged,
    Failed,
    Resume,
    SetLearningRate,
    StepOnce,
)
from lab.parts.optimizers import SGD
from lab.parts.schedules import OneCycle
from lab.runs.wording import advice, failure
from tests.support.small_runs import losses_of, run, spec_of, told


def test_a_diverging_run_says_what_it_was_and_what_to_try() -> None:
    events = run(spec_of(optimizer=SGD(lr=100.0), epochs=20, loss={"kind": "mse"}))
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert isinstance(failed.cause, Diverged)
    assert f"step {failed.step}" in failure(failed.cause, failed.step)
    assert "learning rate of 0.1," in advice(failed.cause)
    assert all(map(math.isfinite, losses_of(events)))
    assert len(losses_of(events)) == failed.step - 1


def test_after_divergence_the_rate_to_try_is_that_of_the_field_not_of_the_step() -> None:
    spec = spec_of(optimizer=SGD(lr=0.02), schedule=OneCycle(), epochs=20, loss={"kind": "mse"})
    failed = run(
        spec, None, told([StepOnce(steps=5), SetLearningRate(learning_rate=50.0)], *[()] * 5, [Resume()])
    )[-1]
    assert isinstance(failed, Failed)
    assert "(50 before the schedule's factor)" in failure(failed.cause, failed.step)
    assert "learning rate of 0.1," in advice(failed.cause)


def test_running_out_of_memory_names_a_batch_size_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        torch.empty(2**60)

    monkeypatch.setattr("lab.training.learner.make_step", full)
    (failed,) = run(spec_of(batch_size=40))
    assert isinstance(failed, Failed)
    assert failed.cause.kind == "out_of_memory"
    assert "batch size of 10" in advice(failed.cause)


def test_a_gpu_that_runs_out_of_memory_is_answered_by_its_own_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr("lab.training.learner.make_step", full)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (300_000_000, 8_000_000_000))
    (failed,) = run(spec_of(batch_size=40))
    assert isinstance(failed, Failed)
    assert failed.cause.kind == "out_of_memory"
    said = failure(failed.cause, failed.step)
    assert said == "Not enough memory on the GPU for batches of 40: 300 MB of its 8 GB were free."
    assert "batch size of 10" in advice(failed.cause)
