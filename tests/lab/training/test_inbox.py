"""What a run is told while it trains."""

from __future__ import annotations

import math

import pytest

from lab.events import (
    Checkpoint,
    Finished,
    LearningRateChanged,
    Message,
    Pause,
    Paused,
    Resume,
    Resumed,
    SetLearningRate,
    Snapshot,
    StepOnce,
    StepsDone,
    Stop,
)
from lab.parts.optimizers import SGD, AdamW
from lab.parts.schedules import Cosine
from tests.support.small_runs import last_weights, losses_of, of_kind, run, same, spec_of, told


def test_a_run_does_as_many_steps_as_asked_and_waits() -> None:
    events = run(spec_of(), None, told([StepOnce(steps=7)], *[()] * 6, (), [Resume()]))
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
    inbox = told([StepOnce(steps=10)], *[()] * 9, (), [SetLearningRate(learning_rate=0.4), Resume()])
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
    first: list[Message] = [StepOnce(steps=5), SetLearningRate(learning_rate=0.05)]
    whole_run = run(spec, None, told(first, *[()] * 5, [Resume()]))
    part = run(spec, None, told(first, *[()] * 4, (), [Stop()]))
    rest = run(spec, of_kind(part, Checkpoint)[-1])
    assert same(last_weights(rest), last_weights(whole_run))


def test_a_learning_rate_changed_before_the_first_step_survives_an_interruption_there() -> None:
    spec = spec_of(
        optimizer=AdamW(lr=0.01), schedule=Cosine(), data={"validation_share": 0.2}, early_stopping=2
    )
    whole_run = run(spec, None, told([SetLearningRate(learning_rate=0.05)]))
    part = run(spec, None, told([Pause(), SetLearningRate(learning_rate=0.05)], [Stop()]))
    assert of_kind(part, Checkpoint)[-1].step == 0
    rest = run(spec, of_kind(part, Checkpoint)[-1])
    assert same(last_weights(rest), last_weights(whole_run))


@pytest.mark.parametrize("paused", [False, True])
def test_a_changed_learning_rate_is_in_a_checkpoint_before_it_is_told(paused: bool) -> None:
    spec = spec_of(optimizer=SGD(lr=0.01))
    orders: list[list[Message]] = (
        [[Pause()], [SetLearningRate(learning_rate=0.05)], [Stop()]]
        if paused
        else [[SetLearningRate(learning_rate=0.05)], [Stop()]]
    )
    events = run(spec, None, told([StepOnce(steps=5)], *[()] * 4, *orders))
    told_at = next(i for i, event in enumerate(events) if isinstance(event, LearningRateChanged))
    kept = of_kind(events[:told_at], Checkpoint)[-1]
    assert kept.step == of_kind(events, LearningRateChanged)[0].step
    rest = run(spec, kept)
    assert of_kind(rest, StepsDone)[0].learning_rate == pytest.approx(0.05)


def test_steps_asked_for_while_others_are_being_done_are_added() -> None:
    events = run(
        spec_of(),
        None,
        told([StepOnce(steps=1), StepOnce(steps=4)], (), [StepOnce(steps=3)], *[()] * 20, [Stop()]),
    )
    assert of_kind(events, Paused)[0].step == 8


@pytest.mark.parametrize("rate", [math.nan, math.inf, 0.0, -1.0, 1e9, 5e-324])
def test_a_learning_rate_that_is_none_is_not_taken(rate: float) -> None:
    assert losses_of(run(spec_of(), None, told([SetLearningRate(learning_rate=rate)]))) == losses_of(
        run(spec_of())
    )
