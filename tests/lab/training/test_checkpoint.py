"""A run goes on from where it was, to the same end."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lab.events import (
    Checkpoint,
    EpochDone,
    Finished,
    Pause,
    Resumed,
    Started,
    StepOnce,
    StepsDone,
    Stop,
    Stopped,
)
from lab.parts.augmentations import Noise, Rotate
from lab.parts.layers import BatchNorm, Conv2d, Flatten, Linear, MaxPool
from lab.parts.optimizers import SGD, AdamW
from lab.parts.schedules import Cosine, OneCycle
from lab.spec import RunSpec
from lab.training.failures import OtherDataError
from lab.training.loop import train
from tests.support.small_runs import (
    DROPOUT_STACK,
    digits,
    last_weights,
    losses_of,
    of_kind,
    run,
    same,
    spec_of,
    told,
)

EXACT = [
    spec_of(
        layers=DROPOUT_STACK,
        data={"augmentations": (Rotate(), Noise()), "label_noise": 0.1, "train_samples": 190},
    ),
    spec_of(optimizer=AdamW(lr=0.01), schedule=OneCycle(), data={"validation_share": 0.2}, clip_norm=1.0),
    spec_of(
        layers=(Flatten(), Linear(units=12), BatchNorm(), Linear(units=10, activation="identity")), l1=1e-3
    ),
    spec_of(
        layers=(Conv2d(channels=4), MaxPool(), BatchNorm(), Flatten(), Linear(units=10)),
        data={"train_samples": 195},
        optimizer=AdamW(lr=0.003),
    ),
    spec_of(
        data={"validation_share": 0.3}, epochs=4, early_stopping=1, optimizer=SGD(lr=1.0), schedule=Cosine()
    ),
]


@pytest.fixture(
    scope="module",
    params=range(len(EXACT)),
    ids=["dropout", "adamw", "batch norm", "convolution", "stopped early"],
)
def whole(request: pytest.FixtureRequest) -> tuple[RunSpec, list[Any]]:
    """A spec and the events of its uninterrupted run."""
    return EXACT[request.param], run(EXACT[request.param])


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.integers(0, 19), min_size=1, max_size=3))
@example(steps=[0])  # paused before its first step
@example(steps=[9])  # goes on with the last, smaller batch of an epoch
@example(steps=[10])
def test_a_run_interrupted_anywhere_ends_with_the_same_weights(
    whole: tuple[RunSpec, list[Any]], steps: list[int]
) -> None:
    spec, uninterrupted = whole
    losses: list[float] = []
    point: Checkpoint | None = None
    for count in steps:
        first = [[StepOnce(steps=count)], *[()] * (count - 1), [Stop()]] if count else [[Pause(), Stop()]]
        part = run(spec, point, told(*first))
        losses += losses_of(part)
        if isinstance(part[-1], Finished):
            break
        assert isinstance(part[-1], Stopped)
        point = of_kind(part, Checkpoint)[-1]
    else:
        part = run(spec, point)
        losses += losses_of(part)
    assert losses == losses_of(uninterrupted)
    assert same(last_weights(part), last_weights(uninterrupted))
    assert of_kind(part, Finished)[0].confusion == of_kind(uninterrupted, Finished)[0].confusion


def test_a_resumed_run_says_so_and_keeps_its_epoch_times() -> None:
    spec = spec_of(epochs=3)
    part = run(spec, None, told([StepOnce(steps=23)], *[()] * 22, [Stop()]))
    rest = run(spec, of_kind(part, Checkpoint)[-1])
    assert isinstance(rest[0], Started)
    assert rest[0].step == 23
    assert isinstance(rest[1], Resumed)
    assert len(of_kind(rest, Finished)[0].epoch_s) == 3
    assert of_kind(rest, StepsDone)[0].step > 23


def test_early_stopping_ends_the_run_and_keeps_the_best_weights() -> None:
    spec = spec_of(
        data={"validation_share": 0.5, "label_noise": 0.6},
        layers=(Flatten(), Linear(units=64), Linear(units=10, activation="identity")),
        optimizer=AdamW(lr=0.01),
        epochs=60,
        early_stopping=2,
    )
    events = run(spec)
    epochs = of_kind(events, EpochDone)
    best = min(epochs, key=lambda epoch: epoch.validation_loss or math.inf)
    assert len(epochs) == best.epoch + 2 < 60
    finished = of_kind(events, Finished)[0]
    assert (finished.ended_by, finished.best_epoch, finished.patience) == ("patience", best.epoch, 2)
    at_best = next(p for p in of_kind(events, Checkpoint) if p.epoch_end == best.epoch)
    assert same(last_weights(events), dict(at_best.weights))


def test_a_run_interrupted_on_other_data_is_not_continued() -> None:
    spec = spec_of()
    part = run(spec, None, told([StepOnce(steps=3)], (), (), [Stop()]))
    whole_set = digits()
    fewer = replace(
        whole_set, train_images=whole_set.train_images[:900], train_labels=whole_set.train_labels[:900]
    )
    with pytest.raises(OtherDataError, match="digits"):
        list(train(spec, fewer, of_kind(part, Checkpoint)[-1]))
