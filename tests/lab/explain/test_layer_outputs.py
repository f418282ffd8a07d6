"""What each layer gives, up to the answer."""

from __future__ import annotations

import pytest
import torch

from lab.explain.layer_outputs import activations
from lab.models.answers import answer
from lab.models.loading import load_model
from lab.models.shipped import SHIPPED
from tests.support.drawn_digits import framed


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
