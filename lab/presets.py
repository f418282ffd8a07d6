"""The presets: complete runs to start from. Each is a `RunSpec` like any other."""

from __future__ import annotations

from dataclasses import dataclass

from lab.parts.augmentations import Rotate, Shift
from lab.parts.layers import (
    AvgPool,
    Conv2d,
    Dropout,
    Flatten,
    GlobalPool,
    LayerNorm,
    Linear,
    MaxPool,
    PatchEmbedding,
    Recurrent,
    Transformer,
)
from lab.parts.optimizers import SGD, AdamW
from lab.parts.schedules import Cosine, OneCycle
from lab.registry import FieldError, SpecError, did_you_mean
from lab.spec import DataSpec, NetworkSpec, RunSpec, TrainSpec


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A run to start from: what it shows, and the run itself."""

    name: str
    title: str
    summary: str
    source: str
    spec: RunSpec


_MLP = NetworkSpec(
    layers=(
        Flatten(),
        Linear(units=256),
        Linear(units=128),
        Linear(units=64),
        Linear(units=10, activation="identity"),
    )
)
_WATCHED = DataSpec(validation_share=1 / 12, normalisation="mnist")  # 5,000 of MNIST's 60,000

_ENTRIES = (
    Preset(
        name="document-mlp",
        title="The document's MLP",
        summary="784-256-128-64-10 with ReLU, exactly as the document trains it.",
        source="Document, section 4.5",
        spec=RunSpec(
            title="The document's MLP",
            network=_MLP,
            train=TrainSpec(optimizer=SGD(lr=0.001, momentum=0.9), batch_size=100, epochs=10),
        ),
    ),
    Preset(
        name="better-mlp",
        title="A better recipe",
        summary="The same network with AdamW, one-cycle and a little augmentation.",
        source="Smith & Topin 2018, arXiv:1708.07120",
        spec=RunSpec(
            title="A better recipe",
            data=DataSpec(
                validation_share=1 / 12,
                normalisation="mnist",
                augmentations=(Rotate(degrees=5), Shift(pixels=1)),
            ),
            network=_MLP,
            train=TrainSpec(
                optimizer=AdamW(lr=0.003, weight_decay=0.01), schedule=OneCycle(), batch_size=100, epochs=5
            ),
        ),
    ),
    Preset(
        name="softmax",
        title="Softmax regression",
        summary="No hidden layer at all: one weight picture per digit.",
        source="Document, section 7.4",
        spec=RunSpec(
            title="Softmax regression",
            data=_WATCHED,
            network=NetworkSpec(layers=(Flatten(), Linear(units=10, activation="identity"))),
            train=TrainSpec(optimizer=AdamW(lr=0.002), schedule=Cosine(), batch_size=100, epochs=5),
        ),
    ),
    Preset(
        name="lenet5",
        title="LeNet-5",
        summary="The network that read cheques in the nineties.",
        source="LeCun et al. 1998, Proc. IEEE 86",
        spec=RunSpec(
            title="LeNet-5",
            data=_WATCHED,
            network=NetworkSpec(
                layers=(
                    Conv2d(channels=6, kernel=5, padding=2, activation="tanh"),
                    AvgPool(),
                    Conv2d(channels=16, kernel=5, padding=0, activation="tanh"),
                    AvgPool(),
                    Flatten(),
                    Linear(units=120, activation="tanh"),
                    Linear(units=84, activation="tanh"),
                    Linear(units=10, activation="identity"),
                )
            ),
            train=TrainSpec(optimizer=AdamW(lr=0.002), schedule=OneCycle(), batch_size=100, epochs=5),
        ),
    ),
    Preset(
        name="small-cnn",
        title="A small CNN",
        summary="Two convolutions and a dense layer: 99 % within three epochs.",
        source="LeCun et al. 1998, Proc. IEEE 86",
        spec=RunSpec(
            title="A small CNN",
            data=_WATCHED,
            network=NetworkSpec(
                layers=(
                    Conv2d(channels=16, kernel=3),
                    MaxPool(),
                    Conv2d(channels=32, kernel=3),
                    MaxPool(),
                    Flatten(),
                    Dropout(p=0.25),
                    Linear(units=128),
                    Linear(units=10, activation="identity"),
                )
            ),
            train=TrainSpec(optimizer=AdamW(lr=0.003), schedule=OneCycle(), batch_size=100, epochs=3),
        ),
    ),
    Preset(
        name="row-lstm",
        title="An LSTM over the rows",
        summary="Reads the image row by row, top to bottom, and answers from memory.",
        source="Hochreiter & Schmidhuber 1997",
        spec=RunSpec(
            title="An LSTM over the rows",
            data=_WATCHED,
            network=NetworkSpec(
                layers=(Recurrent(cell="lstm", units=96), Linear(units=10, activation="identity"))
            ),
            train=TrainSpec(
                optimizer=AdamW(lr=0.004), schedule=OneCycle(), batch_size=100, epochs=3, clip_norm=1.0
            ),
        ),
    ),
    Preset(
        name="tiny-vit",
        title="A tiny vision transformer",
        summary="Sixteen patches that look at each other.",
        source="Dosovitskiy et al. 2021, ICLR",
        spec=RunSpec(
            title="A tiny vision transformer",
            data=_WATCHED,
            network=NetworkSpec(
                layers=(
                    PatchEmbedding(patch=7, width=64),
                    Transformer(heads=4),
                    Transformer(heads=4),
                    LayerNorm(),
                    GlobalPool(),
                    Linear(units=10, activation="identity"),
                )
            ),
            train=TrainSpec(
                optimizer=AdamW(lr=0.002, weight_decay=0.01),
                schedule=OneCycle(),
                batch_size=100,
                epochs=5,
                clip_norm=1.0,
            ),
        ),
    ),
)

PRESETS: dict[str, Preset] = {entry.name: entry for entry in _ENTRIES}


def preset(name: str) -> RunSpec:
    """The run of a preset.

    Raises: SpecError, with the nearest name.
    """
    if name not in PRESETS:
        raise SpecError(
            [FieldError("preset", name[:80], f"unknown preset {name[:80]!r}; {did_you_mean(name, PRESETS)}")]
        )
    return PRESETS[name].spec
