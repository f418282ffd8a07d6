"""Events survive JSON, tensors stay behind, and nothing that is not a number gets through."""

import dataclasses
import json
from typing import get_args

import pytest
import torch

from lab import events


def test_an_event_survives_json() -> None:
    snapshot = events.Snapshot(
        step=3,
        layers=(
            events.LayerState(
                name="1", gradient_norm=0.5, update_ratio=0.01, mean_activation=0.2, dead_share=None
            ),
        ),
        weight_height=2,
        weight_width=1,
        weights=((1, -2),),
        probabilities=((0.1, 0.9),),
    )
    for event in (
        snapshot,
        events.StepsDone(step=4, losses=(1.0, 2.0), learning_rate=0.1, samples_per_s=10.0, elapsed_s=0.5),
        events.Failed(step=2, cause=events.DiskFull(folder="/home", unwritten="events")),
    ):
        assert events.from_json(events.to_json(event)) == event


def test_a_message_survives_json() -> None:
    for message in (events.Pause(), events.StepOnce(steps=10), events.SetLearningRate(learning_rate=0.5)):
        assert events.message_from_json(events.to_json(message)) == message


def test_a_checkpoints_tensors_stay_in_memory() -> None:
    text = events.to_json(
        events.Checkpoint(
            step=7, epoch=1, epoch_end=1, state={"w": torch.ones(2)}, weights={"w": torch.ones(2)}
        )
    )
    assert json.loads(text) == {"kind": "checkpoint", "step": 7, "epoch": 1, "epoch_end": 1}


def test_what_is_not_finite_is_written_as_null() -> None:
    text = events.to_json(
        events.StepsDone(
            step=1, losses=(float("nan"), float("inf")), learning_rate=0.1, samples_per_s=1.0, elapsed_s=1.0
        )
    )
    assert json.loads(text)["losses"] == [None, None]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'boom'.*'started'"):
        events.from_json('{"kind": "boom"}')


def test_no_two_figures_of_an_event_can_be_swapped() -> None:
    for kind in get_args(events.Event):
        assert all(field.kw_only for field in dataclasses.fields(kind)), kind


@pytest.mark.parametrize("text", ['{"kind":"paused"}', '{"kind":"paused","step":"soon"}', "[]", "{", ""])
def test_an_event_that_lacks_its_values_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        events.from_json(text)


def test_an_end_is_known_as_one() -> None:
    assert [events.is_end(event) for event in (events.Stopped(step=1), events.Paused(step=1))] == [
        True,
        False,
    ]
