"""The lab's own modules, held against torch's."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lab.parts.layers.torch_modules import Dropout, GlobalPooling, PatchTokens
from lab.steps import make_step
from lab.texts import text
from lab.training.samples import Prepare


@pytest.mark.parametrize("p", [0.05, 0.25, 0.5, 0.95])
@pytest.mark.parametrize("shape", [(1_001, 101), (50, 8, 14, 14)])
def test_dropout_zeroes_its_share_and_keeps_the_mean(p: float, shape: tuple[int, ...]) -> None:
    torch.manual_seed(3)
    x = torch.ones(shape)
    y = Dropout(p)(x)
    assert (y == 0).float().mean().item() == pytest.approx(p, abs=0.01)
    assert y[y != 0].allclose(torch.tensor(1 / (1 - p)))
    assert y.mean().item() == pytest.approx(1, abs=0.1)


def test_dropout_passes_the_gradient_where_it_passed_the_number() -> None:
    x = torch.randn(40, 7, requires_grad=True)
    y = Dropout(0.3)(x)
    y.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad != 0, y != 0)
    assert torch.allclose(x.grad * x, y)


def test_dropout_draws_from_torchs_generator_and_each_time_anew() -> None:
    layer, x = Dropout(0.5), torch.ones(20, 20)
    torch.manual_seed(1)
    one, two = layer(x), layer(x)
    torch.manual_seed(1)
    assert torch.equal(layer(x), one)
    assert not torch.equal(one, two)


def test_dropout_does_nothing_after_training_and_at_zero() -> None:
    x = torch.randn(5, 5)
    assert Dropout(0.5).eval()(x) is x
    assert torch.equal(Dropout(0.0)(x), x)


def test_an_l1_penalty_pulls_on_the_position_table_as_its_help_says() -> None:
    network = nn.Sequential(PatchTokens(1, 28, 28, 7, 8), GlobalPooling("mean", True), nn.Linear(8, 10))
    position = network[0].get_parameter("position")
    before = position.detach().clone()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    step = make_step(network, lambda logits, _: logits.sum() * 0, optimizer, prepare=Prepare("half"), l1=0.01)
    step(torch.zeros(4, 28, 28, dtype=torch.uint8), torch.zeros(4, dtype=torch.int64))
    assert step.fetch_losses() == [0.0]  # the loss that is shown lacks the penalty
    torch.testing.assert_close(position, before - 0.5 * 0.01 * before.sign())
    assert "table of positions" in text("spec.train.l1.description")
