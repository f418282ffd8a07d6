"""What a run's events are filled with, counted again by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lab.training.checkpoint import Progress
from lab.training.evaluate import Evaluation
from lab.training.learner import Learner
from lab.training.reports import epoch_done, finished, started
from tests.support.small_runs import digits, spec_of


@pytest.fixture(scope="module")
def learner() -> Learner:
    return Learner(spec_of(data={"validation_share": 0.1}, epochs=3), digits(), None)


def test_a_run_begins_with_its_samples_and_steps(learner: Learner) -> None:
    event = started(learner, Progress(step=7))
    assert (event.dataset, event.step, event.epochs, event.batch_size) == ("digits", 7, 3, 20)
    assert event.train_samples + event.validation_samples == 200
    assert event.test_samples == len(digits().test_labels)
    assert event.parameters == (784 + 1) * 24 + (24 + 1) * 10
    assert event.steps_per_epoch == -(-event.train_samples // 20)


def test_an_epoch_has_its_speed_and_no_validation_where_there_is_none(learner: Learner) -> None:
    progress = Progress(step=18, epoch=2, epoch_s=[9.0, 0.5])
    seen = Evaluation(0.25, tuple(tuple(9 * (i == j) + (i == j + 1) for j in range(10)) for i in range(10)))
    event = epoch_done(learner, progress, 0.1, seen, None)
    assert (event.epoch, event.step, event.train_loss, event.train_accuracy) == (2, 18, 0.25, 90 / 99)
    assert event.validation_loss is None
    assert event.validation_accuracy is None
    assert event.samples_per_s == pytest.approx(learner.samples_per_epoch / 0.5)


def test_a_finished_run_is_tested_on_the_test_set(learner: Learner) -> None:
    event = finished(learner, Progress(step=27, elapsed_s=3.0, epoch_s=[1.0, 1.0, 1.0]), patience=0)
    with torch.no_grad():
        images = torch.from_numpy(np.array(digits().test_images)).float()[:, None] / 255
        answers = learner.network.eval()((images - 0.1307) / 0.3081).argmax(1).numpy()
    assert event.test_accuracy == pytest.approx(float(np.mean(answers == digits().test_labels)))
    assert event.test_low < event.test_accuracy < event.test_high
    assert sum(sum(row) for row in event.confusion) == len(digits().test_labels)
    assert event.samples_per_s == pytest.approx(learner.samples_per_epoch)
    assert (event.ended_by, event.best_epoch, event.patience) == ("epochs", 0, 0)
