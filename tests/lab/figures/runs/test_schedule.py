"""The schedule's preview shows what the engine will do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.figures.runs.schedule import POINTS, schedule_data, schedule_figure
from lab.parts.schedules import SCHEDULES, Constant, StepDecay


@pytest.mark.parametrize("kind", SCHEDULES)
@given(lr=st.floats(1e-8, 100.0), steps_per_epoch=st.integers(1, 3000), epochs=st.integers(1, 1000))
def test_the_preview_runs_from_the_first_step_to_the_last(
    kind: str, lr: float, steps_per_epoch: int, epochs: int
) -> None:
    schedule = SCHEDULES[kind].model_validate({})
    data = schedule_data(schedule, lr, steps_per_epoch, epochs)
    last = steps_per_epoch * epochs - 1
    assert data.steps == last + 1
    assert len(data.progress) == len(data.rates) <= POINTS
    assert data.progress[0] == 0
    assert data.progress[-1] == last / steps_per_epoch
    assert data.rates[0] == lr * schedule.factor(0, steps_per_epoch, epochs)
    assert data.rates[-1] == lr * schedule.factor(last, steps_per_epoch, epochs)
    assert all(math.isfinite(rate) and 0 <= rate <= lr * (1 + 1e-9) for rate in data.rates)
    assert schedule_figure(data)["data"][0]["y"] == data.rates


def test_a_constant_rate_is_a_flat_line() -> None:
    assert set(schedule_data(Constant(), 0.1, 600, 10).rates) == {0.1}


def test_a_step_falls_where_the_epoch_ends() -> None:
    data = schedule_data(StepDecay(every=1, gamma=0.5), 1.0, 10, 2)
    assert data.rates == [1.0] * 10 + [0.5] * 10
