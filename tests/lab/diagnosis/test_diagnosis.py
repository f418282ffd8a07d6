"""What is said of a run follows from what happened, failures first."""

from __future__ import annotations

import pytest

from lab import events
from lab.diagnosis import findings
from lab.presets import preset
from lab.runs.history import History
from lab.training.failures import given_up
from tests.lab.diagnosis.courses import STARTED, epoch, said


@pytest.mark.parametrize(
    "cause", ["diverged", "out_of_memory", "disk_full", "crashed", "lost", "data", "error"]
)
def test_a_failure_comes_first_and_alone(cause: str) -> None:
    assert said([epoch(1, 1.0, None), events.Failed(3, "It broke.", "Mend it.", cause)]) == [cause]


def test_a_run_lost_for_want_of_memory_is_told_in_whole_sentences_with_a_smaller_batch_to_try() -> None:
    history = History()
    size = preset("softmax").train.batch_size
    history.extend([STARTED, given_up(7, 4, "the memory was full (SIGKILL)", "out_of_memory", size)])
    (finding,) = findings(preset("softmax"), history)
    assert finding.sentence.startswith("Given up after 4 attempts")
    assert f"(SIGKILL). Try a batch size of {size // 4}, or" in finding.sentence
    assert [step.spec.train.batch_size for step in finding.steps] == [size // 4]
