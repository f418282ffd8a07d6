"""Whether a fast step does what the plain one does, found by doing both.

Owns what is compared and how closely, and how everything is put back afterwards. Knows neither how the fast step
is made nor a layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from lab.steps.eager import EagerGradients
from lab.steps.update import Update

Play = Callable[[Tensor, Tensor], Tensor]

# Of the trial alone: large enough to be seen in every weight, small enough to stay finite.
RATES = (0.01, 0.003)
_ONE_MORE = 0.005
# Two orders of addition differ in the last digits; where one of them lifts a unit over ReLU's corner, or another
# pixel of a window becomes the largest, the gradient differs by that unit's share.
_OF_GRADIENT, _OF_ALL_GRADIENTS = 0.03, 1e-4
_OF_LOSS, _OF_CHANGE, _OF_MEMORY = 1e-2, 1e-3, 1e-3
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Fault:
    """What is wrong with a fast step: which parameter's gradient or update differs, or with which error it broke."""

    what: Literal["not_made", "broke", "loss", "gradient", "update"]
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.detail})" if self.detail else self.what


@contextmanager
def as_it_was(eager: EagerGradients, update: Update) -> Iterator[None]:
    """Puts back all that a step changes, whatever happens: weights, what `untouched` does, the rule's memory and rate."""
    weights = [(parameter, parameter.detach().clone()) for parameter in update.parameters]
    memory, rate = update.memory(), update.lr
    with eager.untouched():
        try:
            yield
        finally:
            with torch.no_grad():
                for parameter, before in weights:
                    parameter.copy_(before)
            update.put_back(memory)
            update.lr = rate


def difference(
    play: Play, eager: EagerGradients, update: Update, images: Tensor, labels: Tensor
) -> Fault | None:
    """What `play`, the fast step, does otherwise than the plain one at some step.

    The losses and gradients of both start from the same state; the rule is then given the same gradients twice.
    Changes all that a step changes.
    """
    weights, rule = update.twin()
    doubts: list[Fault] = []
    for rate in (*RATES, _ONE_MORE):
        loss, gradients = _expected(eager, update, images, labels)
        update.lr = rule.param_groups[0]["lr"] = rate
        played = play(images, labels)
        if not _close(played, loss, _OF_LOSS, _ROUNDING):
            doubts.append(Fault("loss"))
        elif name := _other_gradient(update, gradients):
            doubts.append(Fault("gradient", name))
        if name := _other_change(update, weights, rule, rate):
            return Fault("update", name)
        if len(doubts) > 1 or (not doubts and rate == RATES[-1]):
            break  # a second look, from other weights, tells a corner from a fault
    return doubts[0] if len(doubts) > 1 else None


def _expected(
    eager: EagerGradients, update: Update, images: Tensor, labels: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """The loss and the gradients as the rule is to get them, computed as a tutorial does."""
    with eager.untouched():
        loss, found = eager.gradients(images, labels)
    with torch.no_grad():
        gradients = [gradient.clone() for gradient in found]
        if update.l1:
            for gradient, parameter in zip(gradients, update.parameters, strict=True):
                if parameter.dim() >= 2:
                    gradient += update.l1 * parameter.sign()
        if update.clip_norm:
            norm = torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt()
            for gradient in gradients:
                gradient *= min(1.0, update.clip_norm / (float(norm) + 1e-6))
    return loss, gradients


def _other_gradient(update: Update, expected: list[Tensor]) -> str:
    """The first parameter whose gradient is not as expected."""
    rounding = _OF_ALL_GRADIENTS * max(float(gradient.norm()) for gradient in expected)
    for name, got, wanted in zip(update.names, update.gradients_by_parameter(), expected, strict=True):
        if not _close(got, wanted, _OF_GRADIENT, rounding + _ROUNDING):
            return name
    return ""


@torch.no_grad()
def _other_change(
    update: Update, weights: list[nn.Parameter], rule: torch.optim.Optimizer, rate: float
) -> str:
    """The first parameter that the plain rule moves elsewhere, given the same gradients; then both stand there."""
    before = [weight.clone() for weight in weights]
    for weight, gradient in zip(weights, update.gradients_by_parameter(), strict=True):
        weight.grad = gradient.detach().clone()
    rule.step()
    kept = update.state()
    for name, weight, was, moved in zip(update.names, weights, before, update.parameters, strict=True):
        change = float((weight - was).norm())
        if not _close(moved, weight, _ROUNDING, _OF_CHANGE * change + rate * 1e-7):
            return name
        for quantity, wanted in rule.state.get(weight, {}).items():
            if wanted is None:
                continue
            got = kept[f"{name}.{quantity}"].to(wanted.device)
            if not _close(got, wanted, _OF_MEMORY, 1e-12):
                return name
        weight.copy_(moved)
    return ""


def _close(got: Tensor, wanted: Tensor, share: float, floor: float) -> bool:
    """Whether two tensors lie no further apart than a share of the second and a floor.

    What is no number in one is to be none in the other.
    """
    length = float(wanted.norm())
    if not math.isfinite(length):
        return not math.isfinite(float(got.norm()))
    return float((got - wanted).norm()) <= share * length + floor
