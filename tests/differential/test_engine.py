"""Whatever run is made up, the lab trains it as the second engine does, and resumes it to the last bit."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from lab.spec import changed
from tests.differential.comparing import DivergedError, agrees, lab_run, same_bits
from tests.differential.specs import run_specs
from tests.support.small_runs import digits

SPECS = int(os.environ.get("LAB_FUZZ_SPECS", "0"))
SERIES = range(20)
# In `make check` always the same hundred; `make fuzz` makes thousands that nobody has seen.
MADE = settings(
    max_examples=max(1, (SPECS or 100) // len(SERIES)),
    deadline=None,
    derandomize=not SPECS,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
RESUMED = settings(MADE, max_examples=max(2, (SPECS or 100) // len(SERIES) // 4))
STEPS = st.integers(0, 12)
CHANGED = st.none() | STEPS


@pytest.mark.parametrize("series", SERIES)
@MADE
@given(st.data())
def test_any_run_has_the_numbers_of_the_second_engine(series: int, data: st.DataObject) -> None:
    spec, changed_at = data.draw(run_specs(series)), data.draw(CHANGED)
    with suppress(DivergedError):
        agrees(spec, digits(), rates={} if changed_at is None else {changed_at: spec.train.optimizer.lr / 2})


@pytest.mark.parametrize("series", SERIES)
@RESUMED
@given(st.data())
def test_any_run_is_resumed_to_the_last_bit(series: int, data: st.DataObject) -> None:
    spec, step, changed_at = data.draw(run_specs(series)), data.draw(STEPS), data.draw(CHANGED)
    if data.draw(st.booleans(), "stopping early"):
        spec = changed(changed(spec, "data.validation_share", 0.2), "train.early_stopping", 1)
        spec = changed(spec, "train.epochs", 3)
    rates = {} if changed_at is None else {changed_at: spec.train.optimizer.lr * 2}
    try:
        losses, whole = lab_run(spec, digits(), rates=rates)
    except DivergedError:
        reject()
    again, resumed = lab_run(spec, digits(), step % len(losses), rates)
    assert again == losses, spec.model_dump_json()
    assert same_bits(whole.weights, resumed.weights), spec.model_dump_json()
    memory, its = (
        {name: tensor for name, tensor in point.state.items() if name.startswith("step.optimizer.")}
        for point in (whole, resumed)
    )
    assert same_bits(memory, its), spec.model_dump_json()
