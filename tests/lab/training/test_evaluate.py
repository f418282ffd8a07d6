"""Evaluation agrees with scikit-learn and leaves the network as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from torch import nn

from lab.parts.losses import CrossEntropy
from lab.training.evaluate import evaluate, wilson_interval
from lab.training.samples import Prepare


def small_network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.BatchNorm1d(10), nn.Dropout(0.5))


def test_loss_accuracy_and_confusion_are_scikit_learns() -> None:
    network, prepare = small_network(), Prepare("half")
    images = torch.randint(0, 256, (237, 28, 28), dtype=torch.uint8)
    labels = torch.randint(0, 10, (237,))
    result = evaluate(network, prepare, CrossEntropy().function(), images, labels, batch_size=50)
    with torch.no_grad():
        probabilities = network.eval()(prepare(images)).softmax(1).double().numpy()
    probabilities /= probabilities.sum(1, keepdims=True)
    predicted = probabilities.argmax(1)
    assert result.accuracy == pytest.approx(accuracy_score(labels, predicted))
    assert result.loss == pytest.approx(log_loss(labels, probabilities, labels=range(10)), rel=1e-5)
    assert (np.array(result.confusion) == confusion_matrix(labels, predicted, labels=range(10))).all()


def test_evaluation_changes_neither_weights_nor_statistics_nor_mode_nor_random_numbers() -> None:
    network = small_network().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    random = torch.get_rng_state()
    images = torch.randint(0, 256, (20, 28, 28), generator=torch.Generator(), dtype=torch.uint8)
    evaluate(network, Prepare("half"), CrossEntropy().function(), images, torch.zeros(20).long())
    assert network.training
    assert torch.equal(random, torch.get_rng_state())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@given(total=st.integers(1, 10_000), share=st.floats(0, 1))
def test_the_wilson_interval_solves_its_own_equation(total: int, share: float) -> None:
    correct = round(total * share)
    low, high = wilson_interval(correct, total)
    assert 0 <= low <= correct / total + 1e-12
    assert correct / total - 1e-12 <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            distance = abs(correct / total - bound)
            assert distance == pytest.approx(
                1.959963984540054 * (bound * (1 - bound) / total) ** 0.5, abs=1e-9
            )


def test_no_samples_tell_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
