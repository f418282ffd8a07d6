"""Specs of small runs that hypothesis makes: every kind of layer, loss, optimizer and schedule the lab has.

Kinds and forms are thrown with a die of which hypothesis draws the seed: its own draws resemble each other, so that of
a hundred runs none may have one of nine optimizers.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Literal

from hypothesis import assume
from hypothesis import strategies as st

from lab.network.report import misfits
from lab.parts.activations import ACTIVATIONS
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.layers import (
    AnyLayer,
    AvgPool,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    GlobalPool,
    LayerNorm,
    Linear,
    MaxPool,
    PatchEmbedding,
    Recurrent,
    Residual,
    Transformer,
)
from lab.parts.losses import LOSSES
from lab.parts.normalisation import NORMALISATIONS
from lab.parts.optimizers import OPTIMIZERS
from lab.parts.schedules import SCHEDULES
from lab.spec import DataSpec, NetworkSpec, RunSpec, TrainSpec
from tests.support.parts import part

# Rates at which a run of a dozen steps is tame, so that float32 stays near the truth.
RATES = {"sgd": 0.005, "adagrad": 0.005, "adadelta": 0.5}
RUN = "amber-finch-k3v7qa"  # whose weights are handed over, in specs that go on from a run
OUT = Linear(units=10, activation="identity")
# What a part may have besides what it has by itself, and is changed here in every other run.
OPTIONS: dict[str, dict[str, tuple[Any, ...]]] = {
    "sgd": {"momentum": (0.0, 0.9), "nesterov": (False, True)},
    "rmsprop": {"momentum": (0.0, 0.9), "alpha": (0.9,)},
    "adadelta": {"rho": (0.8,)},
    "adam": {"beta1": (0.8,), "beta2": (0.99,), "eps": (1e-6,)},
    "adamw": {"beta1": (0.8,), "beta2": (0.99,)},
    "adamax": {"beta1": (0.8,), "beta2": (0.99,)},
    "nadam": {"beta1": (0.8,), "beta2": (0.99,)},
    "radam": {"beta1": (0.8,), "beta2": (0.9,)},
    "step": {"every": (1,), "gamma": (0.5,)},
    "exponential": {"gamma": (0.5,)},
    "cosine": {"final": (0.2,)},
    "one_cycle": {"warmup": (0.5,), "start_divisor": (5.0,)},
    "warmup": {"epochs_rising": (0.5, 1.5)},
    "cross_entropy": {"label_smoothing": (0.1,)},
    "hinge": {"margin": (0.5, 2.0)},
    "normal": {"std": (0.02, 0.1)},
    "uniform": {"bound": (0.02, 0.1)},
}

OVER_IMAGES: tuple[Callable[[Random], AnyLayer], ...] = (
    lambda die: _convolution(die),
    lambda die: MaxPool(kernel=die.randint(1, 3), stride=die.randint(1, 3)),
    lambda die: AvgPool(kernel=die.randint(1, 3), stride=die.randint(1, 3)),
    lambda die: BatchNorm(),
    lambda die: LayerNorm(),
    lambda die: Residual(channels=die.randint(2, 9), stride=die.randint(1, 3)),
)
OVER_VECTORS: tuple[Callable[[Random], AnyLayer], ...] = (
    lambda die: Linear(units=die.randint(2, 24)),
    lambda die: BatchNorm(),
    lambda die: LayerNorm(),
    lambda die: Dropout(p=0.0),
)


def _convolution(die: Random, strides: tuple[int, ...] = (1, 2, 3)) -> Conv2d:
    return Conv2d(
        channels=die.randint(1, 9),
        kernel=die.randint(1, 5),
        stride=die.choice(strides),
        padding=die.randint(0, 2),
    )


def _recurrent(die: Random, output: Literal["last", "sequence"]) -> Recurrent:
    return Recurrent(cell=die.choice(["rnn", "lstm", "gru"]), units=die.randint(2, 9), output=output)


def _layers(die: Random) -> tuple[AnyLayer, ...]:
    """Layers from an image to ten logits."""
    form = die.choice(["images", "images", "vectors", "rows", "tokens"])
    if form == "vectors":
        return (Flatten(), *(die.choice(OVER_VECTORS)(die) for _ in range(die.randint(0, 3))), OUT)
    if form == "rows":
        before = [_recurrent(die, "sequence")] * die.randint(0, 1)
        return (*before, _recurrent(die, "last"), OUT)
    if form == "tokens":
        patches = PatchEmbedding(patch=die.choice([7, 14]), width=die.choice([4, 8]))
        blocks = [Transformer(heads=die.choice([1, 2]), mlp_ratio=1)] * die.randint(0, 2)
        return (patches, *blocks, GlobalPool(mode=die.choice(["mean", "max"])), OUT)
    # the first layer makes the images small: a hundred specs are to take seconds
    images: list[AnyLayer] = [
        _convolution(die, (2, 3)),
        *(die.choice(OVER_IMAGES)(die) for _ in range(die.randint(0, 3))),
    ]
    flat: list[AnyLayer] = [Flatten(), GlobalPool(), GlobalPool(mode="max")]
    return (*images, die.choice(flat), OUT)


def _varied(die: Random, layers: tuple[AnyLayer, ...]) -> tuple[AnyLayer, ...]:
    """The same layers, each that has an activation with any, but for the last."""
    *inner, last = layers
    return (
        *(
            layer.model_copy(update={"activation": die.choice(sorted(ACTIVATIONS))})
            if "activation" in type(layer).model_fields
            else layer
            for layer in inner
        ),
        last,
    )


def _options(die: Random, kind: str) -> dict[str, Any]:
    return {name: die.choice(values) for name, values in OPTIONS.get(kind, {}).items() if die.random() < 0.5}


@st.composite
def run_specs(draw: st.DrawFn, series: int) -> RunSpec:
    """A run of a few steps that the lab accepts; each series has others."""
    die = Random(f"{series} {draw(st.integers(0, 2**32))}")
    layers = _varied(die, _layers(die))
    rule, schedule, loss, start = (
        die.choice(sorted(table)) for table in (OPTIMIZERS, SCHEDULES, LOSSES, INITIALISATIONS)
    )
    first = {"run": RUN, "frozen": die.randint(0, len(layers) - 1)} if start == "run" else {}
    spec = RunSpec(
        data=DataSpec(
            dataset="digits",
            train_samples=die.randint(40, 90),
            normalisation=die.choice(sorted(NORMALISATIONS)),
            validation_share=die.choice([0.0, 0.2]),
            label_noise=die.choice([0.0, 0.3]),
        ),
        network=NetworkSpec(
            layers=layers, initialisation=part(INITIALISATIONS, start, **first, **_options(die, start))
        ),
        train=TrainSpec(
            loss=part(LOSSES, loss, **_options(die, loss)),
            optimizer=part(
                OPTIMIZERS,
                rule,
                lr=RATES.get(rule, 0.001),
                weight_decay=die.choice([0.0, 0.0, 0.01]),
                **_options(die, rule),
            ),
            schedule=part(SCHEDULES, schedule, **_options(die, schedule)),
            batch_size=die.choice([8, 13, 20, 100]),
            epochs=die.randint(1, 2),
            l1=die.choice([0.0, 0.0, 1e-3]),
            clip_norm=die.choice([0.0, 0.0, 0.1, 5.0]),
            seed=die.randint(0, 99),
            device="cpu",
        ),
    )
    assume(not misfits(spec.network))
    return spec
