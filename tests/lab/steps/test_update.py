"""What is done with given gradients is what plain torch does with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from lab.steps.update import Update

RULES: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
    "flat": lambda network: torch.optim.Adam(network.parameters(), lr=0.1),
    "apart": lambda network: torch.optim.Adafactor(network.parameters(), lr=0.1),
}


def network() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))


def given(network: nn.Module, number: int) -> list[torch.Tensor]:
    """Gradients for a step, the same for both."""
    draws = torch.Generator().manual_seed(number)
    return [torch.randn(p.shape, generator=draws) for p in network.parameters()]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("clip_norm", "l1"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.1), (0.5, 0.1)])
def test_several_updates_are_those_of_torch_with_clipping_and_l1(
    rule: str, clip_norm: float, l1: float
) -> None:
    ours, theirs = network(), network()
    update, optimizer = Update(ours, RULES[rule](ours), clip_norm, l1), RULES[rule](theirs)
    for number in range(4):
        update.zero_gradients()
        for target, gradient in zip(update.gradients_by_parameter(), given(ours, number), strict=True):
            target.copy_(gradient)
        update()
        for parameter, gradient in zip(theirs.parameters(), given(theirs, number), strict=True):
            parameter.grad = gradient + (l1 * parameter.detach().sign() if parameter.dim() >= 2 else 0)
        if clip_norm:
            nn.utils.clip_grad_norm_(theirs.parameters(), clip_norm)
        optimizer.step()
    for mine, its in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-5, atol=1e-6)


def test_another_rate_counts_from_the_next_update() -> None:
    ours = network()
    update = Update(ours, torch.optim.SGD(ours.parameters(), lr=0.5), 0.0, 0.0)
    assert update.lr == 0.5
    update.lr = 0.0
    before = [parameter.detach().clone() for parameter in ours.parameters()]
    for target in update.gradients_by_parameter():
        target.fill_(1.0)
    update()
    assert all(torch.equal(now, then) for now, then in zip(ours.parameters(), before, strict=True))


def test_a_rule_that_asks_for_the_loss_again_is_refused() -> None:
    with pytest.raises(TypeError, match="LBFGS evaluates the loss several times"):
        Update(network(), torch.optim.LBFGS(network().parameters()), 0.0, 0.0)
