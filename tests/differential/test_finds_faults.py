"""The comparison finds what it is there for: each fault that the engine once had, put back.

Whether it still would is the only thing that is known of a comparison that always passes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lab.data import Dataset
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.layers import BatchNorm, Conv2d, Flatten, GlobalPool, Linear, Residual
from lab.parts.layers.batch_norm import BatchNorm2d
from lab.parts.losses import BinaryCrossEntropy, LossFunction
from lab.parts.optimizers import SGD, Adam
from lab.spec import DataSpec, NetworkSpec, RunSpec, TrainSpec
from lab.steps import Step
from lab.steps.update import Update
from tests.differential.comparing import DisagreementError, agrees
from tests.support.parts import part
from tests.support.small_runs import digits, spec_of

ROOT = Path(__file__).parents[2]
OUT = Linear(units=10, activation="identity")
ZEROS = spec_of(
    layers=(Flatten(), OUT),
    network={"initialisation": part(INITIALISATIONS, "zeros")},
    loss=BinaryCrossEntropy(),
    optimizer=SGD(lr=0.05, momentum=0.0),
)
LARGE_BATCH = RunSpec(
    data=DataSpec(dataset="digits", train_samples=4_000, normalisation="none"),
    network=NetworkSpec(layers=(Conv2d(channels=4), BatchNorm(), GlobalPool(), OUT)),
    train=TrainSpec(optimizer=SGD(lr=0.01), batch_size=2_000, epochs=1, device="cpu"),
)
STRIDED = spec_of(
    layers=(Conv2d(channels=4), Residual(channels=8, stride=2), GlobalPool(), OUT), optimizer=SGD(lr=0.01)
)


def many() -> Dataset:
    """As many images as a large batch takes: the bundled digits, again and again."""
    some = digits()
    times = -(-4_000 // len(some.train_labels))
    images, labels = np.tile(some.train_images, (times, 1, 1)), np.tile(some.train_labels, times)
    return Dataset("many", images[:4_000], labels[:4_000], some.test_images, some.test_labels)


@pytest.mark.parametrize("kind", [SGD(lr=0.01), Adam()], ids=lambda rule: rule.kind)
def test_without_faults_it_finds_none(kind: Any) -> None:
    agrees(ZEROS, digits())
    agrees(STRIDED, digits())
    agrees(LARGE_BATCH, many())
    agrees(spec_of(optimizer=kind), digits(), interrupted_at=0)


def test_it_finds_a_binary_cross_entropy_with_a_corner_at_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    def cornered(self: BinaryCrossEntropy) -> LossFunction:
        def loss(logits: Tensor, labels: Tensor) -> Tensor:
            right = nn.functional.one_hot(labels, 10).float()
            each = logits.clamp_min(0) - logits * right + (-logits.abs()).exp().log1p()
            return each.sum(1).mean()

        return loss

    monkeypatch.setattr(BinaryCrossEntropy, "function", cornered)
    with pytest.raises(DisagreementError):
        agrees(ZEROS, digits())


def test_it_finds_a_batch_that_is_added_up_in_plain_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchNorm2d, "forward", nn.BatchNorm2d.forward)
    with pytest.raises(DisagreementError):
        agrees(LARGE_BATCH, many())


@pytest.mark.parametrize("kind", [SGD(lr=0.01), Adam()], ids=lambda rule: rule.kind)
def test_it_finds_a_first_update_that_is_replayed_for_ever(
    monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    """As it was when a run was resumed at step 0: its empty memory was taken for one, and the first update recorded."""
    rehearse = Step.rehearse

    def first_one_recorded(self: Step, images: Tensor, labels: Tensor) -> None:
        rehearse(self, images, labels)
        self._update.optimizer.state.clear()

        def call(update: Update) -> None:
            update._calls = update._calls if update.optimizer.state else []
            fresh = not update._calls
            update.record() if fresh else [repeat() for repeat in update._calls]

        monkeypatch.setattr(Update, "__call__", torch.no_grad()(call))

    monkeypatch.setattr(Step, "rehearse", first_one_recorded)
    with pytest.raises(DisagreementError):
        agrees(spec_of(optimizer=kind), digits())


PUT_BACK = """
import torch
from lab.parts.layers.torch_modules import Conv2d
from tests.differential.comparing import agrees
from tests.differential.test_finds_faults import STRIDED, digits

Conv2d.forward = torch.nn.Conv2d.forward
for _ in range(20):
    agrees(STRIDED, digits())
print("found nothing")
"""


def test_it_finds_a_convolution_that_writes_beyond_its_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PUT_BACK],
        cwd=ROOT,
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if "found nothing" in done.stdout:
        pytest.skip("this processor's convolutions are right without the guard")
    assert done.returncode < 0 or "DisagreementError" in done.stderr, done.stderr
