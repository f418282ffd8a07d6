"""Training: the numbers of plain torch, the same after any interruption, and a word about every end."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, cast

import pytest
import torch
from torch import nn

from lab.events import (
    Checkpoint,
    EpochDone,
    Event,
    Finished,
    Snapshot,
    Started,
    StepsDone,
)
from lab.network.build import build_network
from lab.parts.augmentations import Noise, Rotate
from lab.parts.layers import BatchNorm, Flatten, Linear
from lab.parts.normalisation import NORMALISATIONS
from lab.parts.optimizers import SGD, AdamW
from lab.registry import SpecError
from lab.training.loop import train
from lab.training.samples import draw_samples, epoch_order, generator_for
from tests.support.narrowing import present
from tests.support.small_runs import (
    DROPOUT_STACK,
    digits,
    last_weights,
    losses_of,
    of_kind,
    run,
    same,
    spec_of,
)


def test_a_run_tells_its_story_in_order() -> None:
    events = run(spec_of(data={"validation_share": 0.25}))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert (events[0].train_samples, events[0].validation_samples) == (150, 50)
    assert events[0].steps_per_epoch == 8
    assert len(losses_of(events)) == 16
    assert of_kind(events, StepsDone)[-1].step == 16
    epochs = of_kind(events, EpochDone)
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert [point.epoch_end for point in of_kind(events, Checkpoint)] == [1, 2]
    assert len(events[-1].epoch_s) == 2
    assert events[-1].elapsed_s == pytest.approx(sum(events[-1].epoch_s), abs=1e-3)
    assert events[-1].test_low < events[-1].test_accuracy < events[-1].test_high
    assert sum(map(sum, events[-1].confusion)) == 360


def test_the_loss_falls() -> None:
    losses = losses_of(run(spec_of(epochs=8, optimizer=AdamW(lr=0.005))))
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_the_documents_recipe_gives_the_numbers_of_a_plain_torch_loop() -> None:
    spec = spec_of(
        layers=(
            Flatten(),
            Linear(units=32),
            Linear(units=16),
            Linear(units=10, activation="identity"),
        ),
        data={"normalisation": "half"},
        epochs=3,
        optimizer=SGD(lr=0.01, momentum=0.9),
    )
    events = run(spec)

    plain = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 10)
    )
    first = build_network(spec.network, generator_for(spec.train.seed, "weights"))
    with torch.no_grad():
        for mine, theirs in zip(plain.parameters(), first.parameters(), strict=True):
            mine.copy_(theirs)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.01, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    samples = draw_samples(spec.data, spec.train.seed, digits(), torch.device("cpu"))
    losses = []
    for epoch in range(3):
        for rows in epoch_order(samples.train, 20, spec.train.seed, epoch).split(20):
            images = (samples.images[rows].float() / 255 - 0.5) / 0.5
            optimizer.zero_grad()
            loss = criterion(plain(images.unsqueeze(1)), samples.labels[rows])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert losses_of(events) == pytest.approx(losses, rel=1e-4, abs=1e-5)
    for mine, kept in zip(plain.parameters(), last_weights(events).values(), strict=True):
        assert torch.allclose(mine, kept, atol=1e-5)
    with torch.no_grad():
        test_images = NORMALISATIONS["half"](samples.test_images.float().unsqueeze(1) / 255)
        accuracy = (plain(test_images).argmax(1) == samples.test_labels).float().mean().item()
    assert of_kind(events, Finished)[0].test_accuracy == pytest.approx(accuracy, abs=1 / 360)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    spec = spec_of(layers=DROPOUT_STACK, data={"augmentations": (Rotate(), Noise())})
    first, second, other = run(spec), run(spec), run(spec_of(layers=DROPOUT_STACK, seed=1))
    assert losses_of(first) == losses_of(second)
    assert same(last_weights(first), last_weights(second))
    assert losses_of(first) != losses_of(other)


def test_two_runs_taking_turns_do_not_disturb_each_other() -> None:
    one, other = spec_of(layers=DROPOUT_STACK), spec_of(layers=DROPOUT_STACK, seed=5)
    alone = run(one)
    together: list[Any] = []
    beside = cast("Generator[Event, None, None]", train(other, digits()))
    for event in train(one, digits()):
        together.append(event)
        next(beside, None)
    beside.close()
    assert losses_of(together) == losses_of(alone)
    assert same(last_weights(together), last_weights(alone))


def test_a_gpu_that_is_not_there_is_an_error_at_the_field() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(SpecError, match=r"train\.device"):
        run(spec_of(device="cuda"))


def test_a_last_batch_of_one_sample_is_left_out() -> None:
    layers = (Flatten(), Linear(units=12), BatchNorm(), Linear(units=10, activation="identity"))
    events = run(spec_of(layers=layers, data={"train_samples": 61}))
    assert isinstance(events[-1], Finished)
    assert len(losses_of(events)) == 6


def test_a_snapshot_describes_every_layer() -> None:
    events = run(spec_of(layers=DROPOUT_STACK))
    shot = of_kind(events, Snapshot)[-1]
    assert [layer.name for layer in shot.layers] == ["2 Linear", "4 Linear"]
    assert all(present(layer.gradient_norm) > 0 and present(layer.update_ratio) > 0 for layer in shot.layers)
    assert shot.layers[0].dead_share is not None
    assert shot.layers[1].dead_share is None
    assert (shot.weight_height, shot.weight_width, len(shot.weights)) == (28, 28, 16)
    assert {max(map(abs, picture)) for picture in shot.weights} == {127}
    assert len(shot.probabilities) == 12
    assert all(sum(map(present, row)) == pytest.approx(1, abs=1e-3) for row in shot.probabilities)
    assert [len(row) for row in shot.activations] == [64, 16, 16, 10]


def test_watching_leaves_no_trace_in_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of(layers=DROPOUT_STACK)
    quiet = run(spec)
    monkeypatch.setattr("lab.training.pace.SNAPSHOT_S", 0.0)
    monkeypatch.setattr("lab.training.pace.SNAPSHOT_SHARE", 1e9)
    monkeypatch.setattr("lab.training.pace.REPORT_S", 0.0)
    monkeypatch.setattr("lab.training.pace.FIRST_REPORT_S", 0.0)
    watched = run(spec)
    assert len(of_kind(watched, Snapshot)) > len(of_kind(quiet, Snapshot))
    assert same(last_weights(quiet), last_weights(watched))
