"""Second and third opinions on every gradient: autograd, and the slope measured by central differences.

Owns both and their comparison with the tracer. Shares no arithmetic with the tracer beyond the tables of
activations and loss terms; torch is imported when autograd is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.activations import ACTIVATIONS
from lab.by_hand.digits import four, tidy
from lab.by_hand.example import SOFTMAX, Example
from lab.by_hand.loss_terms import LOSS_TERMS
from lab.by_hand.tracer import Trace, softmax

if TYPE_CHECKING:
    import torch

TOLERANCE = 1e-9
_WIDEST, _NARROWEST = 1e-3, 1e-6
_CORNERED = ("relu", "leaky_relu", "elu")


def intermediates(example: Example) -> tuple[str, ...]:
    """The names of every z and a, layer by layer."""
    return tuple(f"{kind}{unit.number}" for units in example.layers for kind in ("z", "a") for unit in units)


def _loss_tensor(example: Example, outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    import torch

    if example.loss == "mse":
        return 0.5 * ((y - outputs) ** 2).sum()
    if example.loss == "bce":
        return -(y * torch.log(outputs) + (1 - y) * torch.log1p(-outputs)).sum()
    return -(y * torch.log(outputs)).sum()


def autograd(example: Example) -> dict[str, float]:
    """dJ/d(name) of every parameter, z and a by torch.autograd in float64.

    The loss must be finite; where it is not, the figures are not numbers either.
    """
    import torch

    weights = [torch.tensor(rows, dtype=torch.float64, requires_grad=True) for rows in example.weights]
    biases = [torch.tensor(row, dtype=torch.float64, requires_grad=True) for row in example.biases]
    signal = torch.tensor(example.x, dtype=torch.float64)
    kept: list[tuple[torch.Tensor, torch.Tensor]] = []
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
        z = weight @ signal + bias
        kind = example.activation_of(layer)
        signal = torch.softmax(z, dim=0) if kind == SOFTMAX else ACTIVATIONS[kind].module()(z)
        if signal is z:  # the identity hands back its own input; a copy keeps two gradients apart
            signal = z.clone()
        z.retain_grad()
        signal.retain_grad()
        kept.append((z, signal))
    loss = _loss_tensor(example, signal, torch.tensor(example.y, dtype=torch.float64))
    loss.backward()  # type: ignore[no-untyped-call]
    return _named(example, weights, biases, kept)


def _named(
    example: Example,
    weights: list[torch.Tensor],
    biases: list[torch.Tensor],
    kept: list[tuple[torch.Tensor, torch.Tensor]],
) -> dict[str, float]:
    def grads(tensor: torch.Tensor) -> list[float]:
        assert tensor.grad is not None
        return [float(value) for value in tensor.grad.flatten().tolist()]

    found: dict[str, float] = {}
    for units, weight, bias, (z, a) in zip(example.layers, weights, biases, kept, strict=True):
        names = [
            example.weight_name(unit, place)
            for unit in units
            for place in range(example.sizes[unit.layer - 1])
        ]
        found.update(zip(names, grads(weight), strict=True))
        for kind, tensor in (("b", bias), ("z", z), ("a", a)):
            found.update(zip((f"{kind}{unit.number}" for unit in units), grads(tensor), strict=True))
    return {name: tidy(value) for name, value in found.items()}


def _sides(example: Example, name: str, value: float) -> tuple[float, tuple[bool, ...]]:
    """The loss with one number replaced, and on which side of its corner each unit then is."""
    parameters = example.parameters
    sides: list[bool] = []
    signal = list(example.x)
    for units in example.layers:
        kind = example.activation_of(units[0].layer)
        before = []
        for unit in units:
            places = range(example.sizes[unit.layer - 1])
            row = [_read(parameters, example.weight_name(unit, place), name, value) for place in places]
            bias = _read(parameters, f"b{unit.number}", name, value)
            z = value if name == f"z{unit.number}" else _dot(row, signal) + bias
            before.append(z)
            sides.append(z > 0 and kind in _CORNERED)
        after = softmax(tuple(before)) if kind == SOFTMAX else tuple(map(ACTIVATIONS[kind].value, before))
        signal = [value if name == f"a{unit.number}" else a for unit, a in zip(units, after, strict=True)]
    term = LOSS_TERMS[example.loss].value
    return sum(term(y, output) for y, output in zip(example.y, signal, strict=True)), tuple(sides)


def _dot(row: list[float], signal: list[float]) -> float:
    return sum(w * s for w, s in zip(row, signal, strict=True))


def _read(parameters: dict[str, float], own: str, name: str, value: float) -> float:
    return value if own == name else parameters[own]


def central_difference(example: Example, name: str, at: float) -> float | None:
    """dJ/d(name) measured: the loss a little above and below, at two widths, extrapolated to width zero.

    The width shrinks until no unit crosses a corner; None where the loss has no value on one side.
    """

    def slope(width: float) -> float:
        above, below = _sides(example, name, at + width)[0], _sides(example, name, at - width)[0]
        return (above - below) / ((at + width) - (at - width))

    def smooth(width: float) -> bool:
        return _sides(example, name, at + width)[1] == _sides(example, name, at - width)[1]

    width = _WIDEST
    try:
        while width > _NARROWEST and not _defined(lambda: smooth(width)):  # noqa: B023
            width /= 4
        return tidy((4 * slope(width / 2) - slope(width)) / 3)
    except (ValueError, ZeroDivisionError):
        return None


def _defined(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except ValueError:
        return False


def numeric(trace: Trace) -> dict[str, float | None]:
    """dJ/d(name) of every parameter, z and a by central differences."""
    example = trace.example
    names = (*example.parameters, *intermediates(example))
    return {name: central_difference(example, name, trace.values[name]) for name in names}


@dataclass(frozen=True)
class Comparison:
    """One gradient three times, whether all agree, and a sentence where they do not or need not."""

    name: str
    by_chain_rule: float
    by_autograd: float
    by_difference: float | None
    agrees: bool
    note: str


def comparisons(trace: Trace) -> tuple[Comparison, ...]:
    """All parameter gradients and all intermediate ones, three ways; empty where the loss is not finite."""
    if trace.loss is None:
        return ()
    by_autograd, by_difference = autograd(trace.example), numeric(trace)
    return tuple(
        _compare(trace, name, by_autograd[name], measured) for name, measured in by_difference.items()
    )


def _compare(trace: Trace, name: str, automatic: float, measured: float | None) -> Comparison:
    ours = trace.grads[name]
    scale = max(1.0, abs(ours), abs(automatic))
    exact = abs(ours - automatic) <= TOLERANCE * scale
    agrees = exact and measured is not None and abs(ours - measured) <= TOLERANCE * scale
    note = ""
    if trace.kinks and not agrees:
        corner = trace.kinks[0]
        note = (
            f"{corner} is 0: the activation has a corner there and no derivative; the chain rule and autograd "
            "take the slope from the left, the central difference the mean of both sides"
        )
    elif measured is None:
        note = "the loss is not defined a little to one side, so no difference can be taken"
    elif not agrees and exact:
        size = four(trace.loss)
        note = f"the difference of two losses near {size} is rounded, or a corner is closer than the width"
    return Comparison(name, ours, automatic, measured, agrees, note)
