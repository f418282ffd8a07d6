"""Specs of small runs that hypothesis makes: every kind of layer, loss, optimizer and schedule the lab has."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from lab.activations import ACTIVATIONS
from lab.initialisations import INITIALISATIONS
from lab.layers import (
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
from lab.losses import LOSSES
from lab.network import misfits
from lab.normalisation import NORMALISATIONS
from lab.optimizers import OPTIMIZERS
from lab.schedules import SCHEDULES
from lab.spec import DataSpec, NetworkSpec, RunSpec, TrainSpec

# Rates at which a run of a dozen steps is tame, so that float32 stays near the truth.
RATES = {"sgd": 0.02, "adagrad": 0.005, "adadelta": 0.5}
ACTIVATION = st.sampled_from(sorted(ACTIVATIONS))
OUT = Linear(units=10, activation="identity")

CONVOLUTION = st.builds(
    Conv2d,
    channels=st.integers(1, 9),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    activation=ACTIVATION,
)
OVER_IMAGES = st.one_of(
    CONVOLUTION,
    CONVOLUTION,
    st.builds(MaxPool, kernel=st.integers(1, 3), stride=st.integers(1, 3)),
    st.builds(AvgPool, kernel=st.integers(1, 3), stride=st.integers(1, 3)),
    st.builds(BatchNorm, activation=ACTIVATION),
    st.just(LayerNorm()),
    st.builds(Residual, channels=st.integers(2, 9), stride=st.integers(1, 3), activation=ACTIVATION),
)
OVER_VECTORS = st.one_of(
    st.builds(Linear, units=st.integers(2, 24), activation=ACTIVATION),
    st.builds(BatchNorm, activation=ACTIVATION),
    st.just(LayerNorm()),
    st.just(Dropout(p=0.0)),
)
RECURRENT = st.builds(Recurrent, cell=st.sampled_from(["rnn", "lstm", "gru"]), units=st.integers(2, 9))


@st.composite
def stacks(draw: st.DrawFn) -> tuple[AnyLayer, ...]:
    """Layers from an image to ten logits."""
    form = draw(st.sampled_from(["images", "images", "vectors", "rows", "tokens"]))
    if form == "vectors":
        return (Flatten(), *draw(st.lists(OVER_VECTORS, max_size=3)), OUT)
    if form == "rows":
        before = draw(st.sampled_from([(), (Recurrent(units=4, output="sequence"),)]))
        return (*before, draw(RECURRENT), OUT)
    if form == "tokens":
        patches = PatchEmbedding(patch=draw(st.sampled_from([7, 14])), width=draw(st.sampled_from([4, 8])))
        blocks = [Transformer(heads=draw(st.sampled_from([1, 2])), mlp_ratio=1)] * draw(st.integers(0, 2))
        return (patches, *blocks, GlobalPool(mode=draw(st.sampled_from(["mean", "max"]))), OUT)
    # the first layer makes the images small: a hundred specs are to take seconds
    first = draw(CONVOLUTION).model_copy(update={"stride": draw(st.sampled_from([2, 3]))})
    images = draw(st.lists(OVER_IMAGES, max_size=3))
    end = draw(st.sampled_from([Flatten(), GlobalPool(), GlobalPool(mode="max")]))
    return (first, *images, end, OUT)


@st.composite
def run_specs(draw: st.DrawFn) -> RunSpec:
    """A run of a few steps that the lab accepts."""
    kind = draw(st.sampled_from(sorted(OPTIMIZERS)))
    options = {"lr": RATES.get(kind, 0.001), "weight_decay": draw(st.sampled_from([0.0, 0.0, 0.01]))}
    if kind in ("sgd", "rmsprop"):
        options["momentum"] = draw(st.sampled_from([0.0, 0.9]))
    if kind == "sgd":
        options["nesterov"] = draw(st.booleans())
    first = draw(
        st.sampled_from(
            [name for name in sorted(INITIALISATIONS) if name not in ("run", "normal", "uniform")]
        )
    )
    loss = draw(st.sampled_from(sorted(LOSSES)))
    smoothing = {"label_smoothing": draw(st.sampled_from([0.0, 0.1]))} if loss == "cross_entropy" else {}
    spec = RunSpec(
        data=DataSpec(
            dataset="digits",
            train_samples=draw(st.integers(40, 90)),
            normalisation=draw(st.sampled_from(sorted(NORMALISATIONS))),
            validation_share=draw(st.sampled_from([0.0, 0.2])),
            label_noise=draw(st.sampled_from([0.0, 0.3])),
        ),
        network=NetworkSpec(layers=draw(stacks()), initialisation=INITIALISATIONS[first]()),
        train=TrainSpec(
            loss=LOSSES[loss](**smoothing),
            optimizer=OPTIMIZERS[kind](**options),
            schedule=SCHEDULES[draw(st.sampled_from(sorted(SCHEDULES)))](),
            batch_size=draw(st.sampled_from([8, 13, 20, 100])),
            epochs=draw(st.integers(1, 2)),
            l1=draw(st.sampled_from([0.0, 0.0, 1e-3])),
            clip_norm=draw(st.sampled_from([0.0, 0.0, 0.1, 5.0])),
            seed=draw(st.integers(0, 99)),
            device="cpu",
        ),
    )
    assume(not misfits(spec.network))
    return spec
