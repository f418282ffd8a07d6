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
from lab.texts import Text, said, speaking, text
from lab.texts.languages import FALLBACK


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A run to start from: what it shows, and the run itself."""

    name: str
    title: Text
    summary: Text
    source: str
    spec: RunSpec


def _preset(name: str, *, title: Text, summary: Text, source: str, spec: RunSpec) -> Preset:
    """A preset whose run is called as it is; in a link and in the store the name is the English one."""
    with speaking(FALLBACK):
        named = spec.model_copy(update={"title": str(title)})
    return Preset(name=name, title=title, summary=summary, source=source, spec=named)


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
    _preset(
        "document-mlp",
        title=said("presets.document_mlp.title"),
        summary=said("presets.document_mlp.summary"),
        source="Document, section 4.5",
        spec=RunSpec(
            network=_MLP,
            train=TrainSpec(optimizer=SGD(lr=0.001, momentum=0.9), batch_size=100, epochs=10),
        ),
    ),
    _preset(
        "better-mlp",
        title=said("presets.better_mlp.title"),
        summary=said("presets.better_mlp.summary"),
        source="Smith & Topin 2018, arXiv:1708.07120",
        spec=RunSpec(
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
    _preset(
        "softmax",
        title=said("presets.softmax.title"),
        summary=said("presets.softmax.summary"),
        source="Document, section 7.4",
        spec=RunSpec(
            data=_WATCHED,
            network=NetworkSpec(layers=(Flatten(), Linear(units=10, activation="identity"))),
            train=TrainSpec(optimizer=AdamW(lr=0.002), schedule=Cosine(), batch_size=100, epochs=5),
        ),
    ),
    _preset(
        "lenet5",
        title=said("presets.lenet5.title"),
        summary=said("presets.lenet5.summary"),
        source="LeCun et al. 1998, Proc. IEEE 86",
        spec=RunSpec(
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
    _preset(
        "small-cnn",
        title=said("presets.small_cnn.title"),
        summary=said("presets.small_cnn.summary"),
        source="LeCun et al. 1998, Proc. IEEE 86",
        spec=RunSpec(
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
    _preset(
        "row-lstm",
        title=said("presets.row_lstm.title"),
        summary=said("presets.row_lstm.summary"),
        source="Hochreiter & Schmidhuber 1997",
        spec=RunSpec(
            data=_WATCHED,
            network=NetworkSpec(
                layers=(Recurrent(cell="lstm", units=96), Linear(units=10, activation="identity"))
            ),
            train=TrainSpec(
                optimizer=AdamW(lr=0.004), schedule=OneCycle(), batch_size=100, epochs=3, clip_norm=1.0
            ),
        ),
    ),
    _preset(
        "tiny-vit",
        title=said("presets.tiny_vit.title"),
        summary=said("presets.tiny_vit.summary"),
        source="Dosovitskiy et al. 2021, ICLR",
        spec=RunSpec(
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


def run_title(spec: RunSpec) -> str:
    """What a run of this configuration is called in the store: a preset's name is the preset's alone."""
    named = any(spec.title == entry.spec.title and spec != entry.spec for entry in _ENTRIES)
    return _changed(spec.title) if named else spec.title


def _changed(title: str) -> str:
    with speaking(FALLBACK):
        return text("presets.changed", title=title)


def title_said(title: str) -> str:
    """A run's title as its reader calls it: that of a preset in the reader's language, any other as it is."""
    for entry in _ENTRIES:
        if title == entry.spec.title:
            return str(entry.title)
        if title == _changed(entry.spec.title):
            return text("presets.changed", title=entry.title)
    return title


def preset(name: str) -> RunSpec:
    """The run of a preset.

    Raises: SpecError, with the nearest name.
    """
    if name not in PRESETS:
        raise SpecError(
            [
                FieldError(
                    "preset",
                    name[:80],
                    said("presets.unknown", name=name[:80], hint=did_you_mean(name, PRESETS)),
                )
            ]
        )
    return PRESETS[name].spec
