"""Whatever run is made up, the lab trains it as the second engine does, and resumes it to the last bit."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.spec import RunSpec
from tests.differential.comparing import agrees, lab_run, same_bits
from tests.differential.specs import run_specs
from tests.lab.small_runs import digits

SPECS = int(os.environ.get("LAB_FUZZ_SPECS", "0"))
# In `make check` always the same hundred; `make fuzz` makes thousands that nobody has seen.
MADE = settings(
    max_examples=SPECS or 100,
    deadline=None,
    derandomize=not SPECS,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
RESUMED = settings(MADE, max_examples=(SPECS or 100) // 4)


@MADE
@given(run_specs())
def test_any_run_has_the_numbers_of_the_second_engine(spec: RunSpec) -> None:
    agrees(spec, digits())


@RESUMED
@given(run_specs(), st.integers(0, 5))
def test_any_run_is_resumed_to_the_last_bit(spec: RunSpec, step: int) -> None:
    losses, whole = lab_run(spec, digits())
    if step >= len(losses):
        step = 0
    again, resumed = lab_run(spec, digits(), interrupted_at=step)
    assert again == losses, spec.model_dump_json()
    assert same_bits(whole.weights, resumed.weights), spec.model_dump_json()
    memory, its = (
        {name: tensor for name, tensor in point.state.items() if name.startswith("step.optimizer.")}
        for point in (whole, resumed)
    )
    assert same_bits(memory, its), spec.model_dump_json()
