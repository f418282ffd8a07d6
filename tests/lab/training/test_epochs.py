"""What is planned of an epoch before the run is what its engine does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.training.epochs import planned_steps_per_epoch, steps_per_epoch
from lab.training.learner import Learner
from tests.support.small_runs import digits, spec_of


@pytest.mark.parametrize(
    ("samples", "batch_size", "steps"),
    [(200, 100, 2), (201, 100, 2), (202, 100, 3), (1_001, 100, 10), (1, 1, 1)],
)
def test_a_last_sample_alone_is_no_batch(samples: int, batch_size: int, steps: int) -> None:
    assert steps_per_epoch(samples, batch_size) == steps


@settings(max_examples=40, deadline=None)
@given(
    samples=st.integers(20, 60_000),
    batch_size=st.integers(1, 10_000),
    validation_share=st.floats(0.0, 0.5),
)
def test_the_steps_planned_are_the_steps_of_the_learner(
    samples: int, batch_size: int, validation_share: float
) -> None:
    data = {"train_samples": samples, "validation_share": validation_share}
    spec, images = spec_of(data=data, batch_size=batch_size), digits()
    planned = planned_steps_per_epoch(spec, len(images.train_labels))
    assert planned == Learner(spec, images, None).steps_per_epoch
