from pathlib import Path

import numpy as np
import pytest
import torch

from lab.explain.attribution import METHODS, attribution
from lab.explain.layer_outputs import activations
from lab.explain.neighbours import nearest_training_images
from lab.explain.neurons import strongest_neurons
from lab.ink.drawing import parse_drawing
from lab.ink.framing import Framing, frame
from lab.models.answers import answer, inputs
from lab.models.loading import Model, load_model
from lab.models.shipped import SHIPPED
from tests.support.drawn_digits import DIGITS
from tests.support.narrowing import as_a


def framed(digit: int) -> Framing:
    return frame(parse_drawing(DIGITS[digit], width=90, height=120, brush=10))


def logits(model: Model, framing: Framing) -> torch.Tensor:
    with torch.no_grad():
        return as_a(torch.Tensor, model.network(inputs(model, [framing])))[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_layer_shows_what_it_gives_and_the_last_gives_the_answer(name: str) -> None:
    model, framing = load_model(name), framed(4)
    layers = activations(model, framing)
    assert len(layers) == len(model.spec.network.layers)
    for layer in layers:
        assert layer.values.ndim == (1 if layer.kind == "strip" else 3)
    shares = torch.from_numpy(layers[-1].values).double().softmax(0)
    assert shares.tolist() == pytest.approx(answer(model, framing).probabilities, abs=1e-6)


def test_a_cnn_shows_maps_then_strips() -> None:
    kinds = [layer.kind for layer in activations(load_model("cnn"), framed(4))]
    assert kinds[0] == "maps"
    assert kinds[-1] == "strip"
    assert kinds == sorted(kinds)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("digit", [4, 7])
def test_integrated_gradients_sum_to_the_change_of_the_logit(name: str, digit: int) -> None:
    model, framing = load_model(name), framed(4)
    empty = frame(np.zeros((28, 28), np.float32))
    change = float(logits(model, framing)[digit] - logits(model, empty)[digit])
    assert float(attribution(model, framing, digit).sum()) == pytest.approx(
        change, abs=0.02 * abs(change) + 0.2
    )


def test_why_not_another_digit_is_the_difference_of_both() -> None:
    model, framing = load_model("cnn"), framed(4)
    for method in METHODS:
        both = attribution(model, framing, 9, method, against=4)
        apart = attribution(model, framing, 9, method) - attribution(model, framing, 4, method)
        np.testing.assert_allclose(both, apart, atol=1e-4)


def test_input_x_gradient_agrees_with_small_steps() -> None:
    model, framing = load_model("document-mlp"), framed(2)
    found = attribution(model, framing, 2, "input_x_gradient")
    pixels = torch.from_numpy(framing.pixels).double()[None, None]
    network = load_model("document-mlp").network
    import copy

    precise = copy.deepcopy(network).double()
    for row, column in ((14, 14), (10, 13), (20, 12), (8, 15)):
        step = torch.zeros_like(pixels)
        step[0, 0, row, column] = 1e-6
        up, down = (precise(model.normalisation(pixels + sign * step))[0, 2] for sign in (1, -1))
        slope = float(up - down) / 2e-6
        assert found[row, column] == pytest.approx(slope * float(pixels[0, 0, row, column]), abs=1e-4)


def test_paper_speaks_neither_for_nor_against() -> None:
    found = attribution(load_model("cnn"), framed(4), 4)
    assert found.shape == (28, 28)
    assert not found[framed(4).pixels == 0].any()


def test_bad_questions_are_named() -> None:
    with pytest.raises(ValueError, match="digit 10 does not exist"):
        attribution(load_model("cnn"), framed(4), 10)
    with pytest.raises(ValueError, match="unknown method 'lime'"):
        attribution(load_model("cnn"), framed(4), 1, "lime")  # type: ignore[arg-type]


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


def test_the_nearest_training_images_are_sorted_and_the_same_digit(tmp_path: Path) -> None:
    model = load_model("cnn")
    found = nearest_training_images(model, framed(0), tmp_path, count=5)
    assert len(found) == 5
    distances = [neighbour.distance for neighbour in found]
    assert distances == sorted(distances)
    assert found[0].image.shape == (28, 28)
    assert found[0].label == 0
