"""Small runs for the tests of training: specs of seconds, the bundled digits, and what a run said."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import torch

from lab import data
from lab.data import Dataset
from lab.events import (
    Checkpoint,
    Event,
    Message,
    StepsDone,
)
from lab.parts.layers import AnyLayer, Dropout, Flatten, Linear
from lab.spec import DataSpec, NetworkSpec, RunSpec, TrainSpec
from lab.training.loop import train

E = TypeVar("E")
SMALL_STACK: tuple[AnyLayer, ...] = (Flatten(), Linear(units=24), Linear(units=10, activation="identity"))
DROPOUT_STACK: tuple[AnyLayer, ...] = (
    Flatten(),
    Linear(units=16),
    Dropout(p=0.3),
    Linear(units=10, activation="identity"),
)


@functools.cache
def digits() -> Dataset:
    """The bundled digits, made once per process."""
    return data.load("digits", Path(tempfile.mkdtemp(prefix="lab-digits-")))


def spec_of(
    layers: tuple[AnyLayer, ...] = SMALL_STACK,
    data: dict[str, Any] | None = None,
    network: dict[str, Any] | None = None,
    **train: Any,
) -> RunSpec:
    """A run of some 200 images and two epochs, with what is given changed."""
    return RunSpec(
        data=DataSpec(
            **{"dataset": "digits", "train_samples": 200, "normalisation": "mnist", **(data or {})}
        ),
        network=NetworkSpec(layers=layers, **(network or {})),
        train=TrainSpec(**{"batch_size": 20, "epochs": 2, "device": "cpu", **train}),
    )


def told(*batches: Iterable[Message]) -> Any:
    """An inbox that gives one batch of messages each time it is asked, then nothing."""
    waiting = [tuple(batch) for batch in batches]
    return lambda: waiting.pop(0) if waiting else ()


def run(spec: RunSpec, resume: Checkpoint | None = None, inbox: Any = lambda: ()) -> list[Event]:
    """All events of a run on the bundled digits."""
    return list(train(spec, digits(), resume, inbox))


def of_kind(events: list[Event], kind: type[E]) -> list[E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def losses_of(events: list[Any]) -> list[float]:
    return [loss for block in of_kind(events, StepsDone) for loss in block.losses]


def last_weights(events: list[Any]) -> dict[str, torch.Tensor]:
    return dict(of_kind(events, Checkpoint)[-1].weights)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
