"""The strongest neurons, and what made them so."""

from __future__ import annotations

import pytest

from lab.explain.layer_outputs import activations
from lab.explain.neurons import strongest_neurons
from lab.models.loading import load_model
from tests.support.drawn_digits import framed


def test_the_strongest_neurons_add_up_exactly() -> None:
    model, framing = load_model("document-mlp"), framed(3)
    neurons = strongest_neurons(model, framing, count=5)
    assert len(neurons) == 5
    strengths = [neuron.a for neuron in neurons]
    assert strengths == sorted(strengths, reverse=True)
    first = activations(model, framing)[1].values
    for neuron in neurons:
        assert neuron.z == pytest.approx(neuron.products.sum() + neuron.bias, abs=1e-12)
        assert neuron.a == max(0.0, neuron.z)
        assert first[neuron.index] == pytest.approx(neuron.a, abs=1e-4)


def test_a_convolution_has_no_dense_neurons() -> None:
    assert strongest_neurons(load_model("cnn"), framed(3)) == ()
