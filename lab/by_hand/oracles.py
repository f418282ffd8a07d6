"""Second and third opinions on every gradient: autograd, and the slope measured by central differences.

Owns both and their comparison with the tracer. Shares no arithmetic with the tracer beyond the tables of
activations and loss terms; torch is imported when autograd is asked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lab.by_hand.digits import four, tidy
from lab.by_hand.example import SOFTMAX, Example
from lab.by_hand.offered import SLOPES, TERMS
from lab.by_hand.tracer import Trace
from lab.parts.activations import ACTIVATIONS
from lab.texts import text

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float64]

TOLERANCE = 1e-9
_WIDEST, _NARROWEST = 8e-3, 1e-6
LEAST_WIDTHS, MOST_WIDTHS = 4, 10
_CORNERED = tuple(name for name, slope in SLOPES.items() if slope.jumps)


def intermediates(example: Example) -> tuple[str, ...]:
    """The names of every z and a, layer by layer."""
    return tuple(f"{kind}{unit.number}" for units in example.layers for kind in ("z", "a") for unit in units)


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
    loss = TERMS[example.loss].tensor(torch.tensor(example.y, dtype=torch.float64), signal)
    loss.backward()
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


class _Ruler:
    """Measures the loss of an example with one of its numbers replaced, by matrix products."""

    def __init__(self, example: Example) -> None:
        self.example = example
        self.weights = [np.array(rows) for rows in example.weights]
        self.biases = [np.array(row) for row in example.biases]

    def measure(self, name: str, value: float) -> tuple[float, bytes]:
        """The loss, and on which side of its corner each unit then is.

        Raises: ValueError where the loss takes a logarithm outside its domain.
        """
        example, (changed, sort, row, column) = self.example, self._place(name)
        signal, sides = np.array(example.x), b""
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            kind, here = example.activation_of(layer), sort if layer == changed else ""
            if here == "w":
                weights = weights.copy()
                weights[row, column] = value
            z = weights @ signal + biases
            if here == "b":
                z[row] = weights[row] @ signal + value
            if here == "z":
                z[row] = value
            if kind in _CORNERED:
                sides += (z > 0).tobytes()
            signal = _activated(kind, z)
            if here == "a":
                signal[row] = value
        term = TERMS[example.loss].value
        return sum(term(y, float(output)) for y, output in zip(example.y, signal, strict=True)), sides

    def _place(self, name: str) -> tuple[int, str, int, int]:
        """Where a quantity stands: its layer, its letter, its row, and for a weight its column."""
        unit, column = self.example.unit_of[int(name[1:].split("_")[0])], 0
        if name[0] == "w":
            sources = [source[1:] for source in self.example.sources(unit.layer)]
            column = sources.index(name.split("_")[1])
        return unit.layer, name[0], unit.place, column


def _activated(kind: str, z: Array) -> Array:
    if kind == SOFTMAX:
        powers = np.exp(z - z.max())
        return np.asarray(powers / powers.sum())
    return np.array([ACTIVATIONS[kind].value(float(each)) for each in z])


def central_difference(example: Example, name: str, at: float) -> float | None:
    """dJ/d(name) measured: the loss a little above and below, at widths that halve, extrapolated to width zero.

    The widest one shrinks until no unit crosses a corner; None where the loss has no value on one side.
    Source: Ridders 1982, Advances in Engineering Software 4 (the entry that changes least is taken).
    """
    return _measured(_Ruler(example), name, at)


def _measured(ruler: _Ruler, name: str, at: float) -> float | None:
    def slope(width: float) -> tuple[float, bool]:
        above, side = ruler.measure(name, at + width)
        below, other = ruler.measure(name, at - width)
        return (above - below) / ((at + width) - (at - width)), side == other

    width, slopes = _WIDEST, list[float]()
    best, change = math.nan, math.inf
    # beside a pole (a logarithm near 0) the least are not enough; narrower ones are, until rounding takes over
    while len(slopes) < LEAST_WIDTHS or (
        len(slopes) < MOST_WIDTHS and change > TOLERANCE / 10 * max(1.0, abs(best))
    ):
        try:
            value, smooth = slope(width)
        except ValueError:  # a logarithm outside its domain
            value, smooth = math.nan, False
        if smooth or width <= _NARROWEST:
            slopes.append(value)
            best, change = _extrapolated(slopes)
        width /= 2
    return None if math.isnan(best) else tidy(best)


def _extrapolated(slopes: list[float]) -> tuple[float, float]:
    """The best guess at width zero from slopes at widths that halve, and how far it is from the next best."""
    best, smallest, column, power = slopes[-1], math.inf, slopes, 4.0
    while len(column) > 1:
        following = [(power * fine - coarse) / (power - 1) for coarse, fine in pairwise(column)]
        for place, guess in enumerate(following):
            change = max(abs(guess - column[place]), abs(guess - column[place + 1]))
            if change < smallest:
                best, smallest = guess, change
        column, power = following, power * 4
    return best, smallest


def numeric(trace: Trace) -> dict[str, float | None]:
    """dJ/d(name) of every parameter, z and a by central differences."""
    example = trace.example
    ruler, names = _Ruler(example), (*example.parameters, *intermediates(example))
    return {name: _measured(ruler, name, trace.values[name]) for name in names}


@dataclass(frozen=True)
class Comparison:
    """One gradient three times, whether all agree, and a sentence, without its full stop, where they do not."""

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
        note = text("by_hand.check.corner", z=trace.kinks[0])
    elif measured is None:
        note = text("by_hand.check.one_side")
    elif not agrees and exact:
        note = text("by_hand.check.rounded", loss=four(trace.loss))
    return Comparison(name, ours, automatic, measured, agrees, note)
