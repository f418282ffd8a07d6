"""Which pixels spoke for a digit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lab.explain.attribution import METHODS, attribution
from lab.ink.framing import Framing, frame
from lab.models.answers import inputs
from lab.models.loading import Model, load_model
from lab.models.shipped import SHIPPED
from tests.support.drawn_digits import framed
from tests.support.narrowing import as_a


def logits(model: Model, framing: Framing) -> torch.Tensor:
    with torch.no_grad():
        return as_a(torch.Tensor, model.network(inputs(model, [framing])))[0]


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
