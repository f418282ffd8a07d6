"""Events survive JSON, tensors stay behind, and nothing that is not a number gets through."""

import json

import pytest
import torch

from lab import events


def test_an_event_survives_json() -> None:
    snapshot = events.Snapshot(
        3, (events.LayerState("1", 0.5, 0.01, 0.2, None),), 2, 1, ((1, -2),), ((0.1, 0.9),)
    )
    for event in (snapshot, events.StepsDone(4, (1.0, 2.0), 0.1, 10.0, 0.5), events.Failed(2, "loss is NaN")):
        assert events.from_json(events.to_json(event)) == event


def test_a_message_survives_json() -> None:
    for message in (events.Pause(), events.StepOnce(10), events.SetLearningRate(0.5)):
        assert events.message_from_json(events.to_json(message)) == message


def test_a_checkpoints_tensors_stay_in_memory() -> None:
    text = events.to_json(events.Checkpoint(7, 1, 1, {"w": torch.ones(2)}, {"w": torch.ones(2)}))
    assert json.loads(text) == {"kind": "checkpoint", "step": 7, "epoch": 1, "epoch_end": 1}


def test_what_is_not_finite_is_written_as_null() -> None:
    text = events.to_json(events.StepsDone(1, (float("nan"), float("inf")), 0.1, 1.0, 1.0))
    assert json.loads(text)["losses"] == [None, None]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 'boom'"):
        events.from_json('{"kind": "boom"}')
