"""Training: the numbers of plain torch, the same after any interruption, and a word about every end."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from lab.events import (
    Checkpoint,
    Diverged,
    EpochDone,
    Failed,
    Finished,
    LearningRateChanged,
    Pause,
    Paused,
    Resume,
    Resumed,
    SetLearningRate,
    Snapshot,
    Started,
    StepOnce,
    StepsDone,
    Stop,
    Stopped,
)
from lab.network.build import build_network
from lab.parts.augmentations import Noise, Rotate
from lab.parts.layers import BatchNorm, Conv2d, Flatten, Linear, MaxPool
from lab.parts.normalisation import NORMALISATIONS
from lab.parts.optimizers import SGD, AdamW
from lab.parts.schedules import Cosine, OneCycle
from lab.registry import SpecError
from lab.runs.wording import advice, failure
from lab.spec import RunSpec
from lab.training.failures import OtherDataError
from lab.training.loop import train
from lab.training.samples import draw_samples, epoch_order, generator_for
from tests.support.small_runs import DROPOUT_STACK, digits, of_kind, run, spec_of, told


def losses_of(events: list[Any]) -> list[float]:
    return [loss for block in of_kind(events, StepsDone) for loss in block.losses]


def last_weights(events: list[Any]) -> dict[str, torch.Tensor]:
    return dict(of_kind(events, Checkpoint)[-1].weights)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


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
    for mine, theirs in zip(plain.parameters(), last_weights(events).values(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-5)
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
    beside = train(other, digits())
    for event in train(one, digits()):
        together.append(event)
        next(beside, None)
    beside.close()
    assert losses_of(together) == losses_of(alone)
    assert same(last_weights(together), last_weights(alone))


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
        first = [[StepOnce(count)], *[()] * (count - 1), [Stop()]] if count else [[Pause(), Stop()]]
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
    part = run(spec, None, told([StepOnce(23)], *[()] * 22, [Stop()]))
    rest = run(spec, of_kind(part, Checkpoint)[-1])
    assert isinstance(rest[0], Started)
    assert rest[0].step == 23
    assert isinstance(rest[1], Resumed)
    assert len(of_kind(rest, Finished)[0].epoch_s) == 3
    assert of_kind(rest, StepsDone)[0].step > 23


def test_a_run_does_as_many_steps_as_asked_and_waits() -> None:
    events = run(spec_of(), None, told([StepOnce(7)], *[()] * 6, (), [Resume()]))
    paused = of_kind(events, Paused)
    assert [event.step for event in paused] == [7]
    before = events[: events.index(paused[0])]
    assert len(losses_of(before)) == 7
    assert of_kind(before, Snapshot)[-1].step == 7
    assert of_kind(before, Checkpoint)[-1].step == 7
    assert [event.step for event in of_kind(events, Resumed)] == [7]
    assert isinstance(events[-1], Finished)


def test_the_learning_rate_changes_while_it_runs_and_the_schedule_goes_on() -> None:
    spec = spec_of(optimizer=SGD(lr=0.1), schedule=Cosine())
    inbox = told([StepOnce(10)], *[()] * 9, (), [SetLearningRate(0.4), Resume()])
    events = run(spec, None, inbox)
    changed = of_kind(events, LearningRateChanged)
    assert [(event.step, event.learning_rate) for event in changed] == [(10, 0.4)]
    rates = [block.learning_rate for block in of_kind(events, StepsDone)]
    # the last of 20 steps: the cosine reaches its end with the run, so no step is taken at rate 0
    assert rates[-1] == pytest.approx(0.4 * 0.5 * (1 + math.cos(math.pi * 19 / 20)), rel=1e-6)
    point = next(p for p in reversed(of_kind(events, Checkpoint)) if p.step > 10)
    scale = float(point.state["run.figures"][2])
    assert scale * 0.1 == pytest.approx(0.4)
    factors = [Cosine().factor(block.step - 1, 10, 2) for block in of_kind(events, StepsDone)]
    assert rates == pytest.approx([(0.1 if f > 0.5 else 0.4) * f for f in factors], rel=1e-5)


def test_a_changed_learning_rate_survives_an_interruption() -> None:
    spec = spec_of(optimizer=SGD(lr=0.01))
    first = [StepOnce(5), SetLearningRate(0.05)]
    whole_run = run(spec, None, told(first, *[()] * 5, [Resume()]))
    part = run(spec, None, told(first, *[()] * 4, (), [Stop()]))
    rest = run(spec, of_kind(part, Checkpoint)[-1])
    assert same(last_weights(rest), last_weights(whole_run))


def test_a_learning_rate_changed_before_the_first_step_survives_an_interruption_there() -> None:
    spec = spec_of(
        optimizer=AdamW(lr=0.01), schedule=Cosine(), data={"validation_share": 0.2}, early_stopping=2
    )
    whole_run = run(spec, None, told([SetLearningRate(0.05)]))
    part = run(spec, None, told([Pause(), SetLearningRate(0.05)], [Stop()]))
    assert of_kind(part, Checkpoint)[-1].step == 0
    rest = run(spec, of_kind(part, Checkpoint)[-1])
    assert same(last_weights(rest), last_weights(whole_run))


@pytest.mark.parametrize("paused", [False, True])
def test_a_changed_learning_rate_is_in_a_checkpoint_before_it_is_told(paused: bool) -> None:
    spec = spec_of(optimizer=SGD(lr=0.01))
    orders = [[Pause()], [SetLearningRate(0.05)], [Stop()]] if paused else [[SetLearningRate(0.05)], [Stop()]]
    events = run(spec, None, told([StepOnce(5)], *[()] * 4, *orders))
    told_at = next(i for i, event in enumerate(events) if isinstance(event, LearningRateChanged))
    kept = of_kind(events[:told_at], Checkpoint)[-1]
    assert kept.step == of_kind(events, LearningRateChanged)[0].step
    rest = run(spec, kept)
    assert of_kind(rest, StepsDone)[0].learning_rate == pytest.approx(0.05)


def test_steps_asked_for_while_others_are_being_done_are_added() -> None:
    events = run(spec_of(), None, told([StepOnce(1), StepOnce(4)], (), [StepOnce(3)], *[()] * 20, [Stop()]))
    assert of_kind(events, Paused)[0].step == 8


@pytest.mark.parametrize("rate", [math.nan, math.inf, 0.0, -1.0, 1e9, 5e-324])
def test_a_learning_rate_that_is_none_is_not_taken(rate: float) -> None:
    assert losses_of(run(spec_of(), None, told([SetLearningRate(rate)]))) == losses_of(run(spec_of()))


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
    failed = run(spec, None, told([StepOnce(5), SetLearningRate(50.0)], *[()] * 5, [Resume()]))[-1]
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
    assert said == "Not enough memory on the GPU for batches of 40. Of its 8.0 GB, 0.3 GB are free now."
    assert "batch size of 10" in advice(failed.cause)


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
    assert all(layer.gradient_norm > 0 and layer.update_ratio > 0 for layer in shot.layers)
    assert shot.layers[0].dead_share is not None
    assert shot.layers[1].dead_share is None
    assert (shot.weight_height, shot.weight_width, len(shot.weights)) == (28, 28, 16)
    assert {max(map(abs, picture)) for picture in shot.weights} == {127}
    assert len(shot.probabilities) == 12
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in shot.probabilities)
    assert [len(row) for row in shot.activations] == [64, 16, 16, 10]


def test_watching_leaves_no_trace_in_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of(layers=DROPOUT_STACK)
    quiet = run(spec)
    monkeypatch.setattr("lab.training.inbox.SNAPSHOT_S", 0.0)
    monkeypatch.setattr("lab.training.inbox.SNAPSHOT_SHARE", 1e9)
    monkeypatch.setattr("lab.training.inbox.REPORT_S", 0.0)
    monkeypatch.setattr("lab.training.inbox.FIRST_REPORT_S", 0.0)
    watched = run(spec)
    assert len(of_kind(watched, Snapshot)) > len(of_kind(quiet, Snapshot))
    assert same(last_weights(quiet), last_weights(watched))


def test_a_run_interrupted_on_other_data_is_not_continued() -> None:
    spec = spec_of()
    part = run(spec, None, told([StepOnce(3)], (), (), [Stop()]))
    whole_set = digits()
    fewer = replace(
        whole_set, train_images=whole_set.train_images[:900], train_labels=whole_set.train_labels[:900]
    )
    with pytest.raises(OtherDataError, match="other data"):
        list(train(spec, fewer, of_kind(part, Checkpoint)[-1]))
