"""Weights for a worked example that is not the document's: drawn from a seed, or chosen for paper.

Owns the starting examples of every size. Draws from numpy's generator, so that a seed means the same numbers on
every machine.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lab.by_hand.digits import tidy
from lab.by_hand.example import DOCUMENT, Example, Matrix, Vector
from lab.by_hand.offered import DRAWS
from lab.parts.initialisations import INITIALISATIONS, Draw, uniform_bound
from lab.texts import Words, said

MOST_UNITS_DRAWN, LEAST_LAYERS, MOST_HIDDEN_LAYERS = 8, 2, 3
LARGEST_SEED = 2**31 - 1
PAPER = "paper"
_TRIES = 600

Array = NDArray[np.float64]


def _one_decimal(generator: np.random.Generator, units: int, inputs: int) -> Array:
    return generator.choice([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6], (units, inputs)) / 10


WEIGHTS: dict[str, Draw] = {PAPER: _one_decimal, **DRAWS}
TITLES: dict[str, Words | str] = {
    PAPER: said("by_hand.draws.paper"),
    **{name: INITIALISATIONS[name].title for name in DRAWS},
}


def _biases(name: str, generator: np.random.Generator, units: int, inputs: int) -> Array:
    if name == PAPER:
        return generator.integers(-2, 4, units) / 10
    if INITIALISATIONS[name].keeps_default:
        bound = uniform_bound(units, inputs)
        return generator.uniform(-bound, bound, units)
    return np.zeros(units)


def _rows(values: Array) -> Matrix:
    return tuple(tuple(tidy(round(float(value), 4)) for value in row) for row in values)


def drawn(sizes: tuple[int, ...], name: str, seed: int) -> Example:
    """An example of these sizes with weights drawn from the seed, rounded to four decimals.

    Paper-friendly draws are repeated until, with ReLU, a hidden unit is dead, others live, and the outputs lie
    inside (0, 1), or no such draw is found soon.
    """
    generator = np.random.default_rng(seed)
    example = _drawn_once(sizes, name, generator)
    if name != PAPER:
        return example
    for _ in range(_TRIES):
        if _teaches(example):
            return example
        example = _drawn_once(sizes, name, generator)
    return example


def _drawn_once(sizes: tuple[int, ...], name: str, generator: np.random.Generator) -> Example:
    weights, biases = [], []
    for inputs, units in pairwise(sizes):
        weights.append(_rows(WEIGHTS[name](generator, units, inputs)))
        biases.append(_rows(_biases(name, generator, units, inputs)[None])[0])
    return Example(inputs_for(sizes[0]), targets_for(sizes[-1]), tuple(weights), tuple(biases))


def _teaches(example: Example) -> bool:
    signal = np.array(example.x)
    for weights, biases in zip(example.weights[:-1], example.biases[:-1], strict=True):
        z = np.array(weights) @ signal + np.array(biases)
        dead = int((z <= 0).sum())
        if dead == len(z) or (len(z) > 2 and dead != 1):
            return False
        signal = np.maximum(z, 0)
    outputs = np.array(example.weights[-1]) @ signal + np.array(example.biases[-1])
    return bool((outputs > 0.02).all() and (outputs < 0.98).all())


def inputs_for(size: int) -> Vector:
    """The default input of a size: the document's for three values."""
    return tuple(float(1 + place % 3) for place in range(size))


def targets_for(size: int) -> Vector:
    """The default target of a size: the last class."""
    return tuple(1.0 if place == size - 1 else 0.0 for place in range(size))


@lru_cache(maxsize=64)
def starting_example(sizes: tuple[int, ...], name: str = "", seed: int | None = None) -> Example:
    """The example before any edit: the document's for its own sizes, else drawn."""
    if sizes == DOCUMENT.sizes and not name and seed is None:
        return DOCUMENT
    return drawn(sizes, name or PAPER, seed or 0)
