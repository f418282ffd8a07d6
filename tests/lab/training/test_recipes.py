"""Every choice a person can make trains: the loss is finite and falls, and the gradients are autograd's."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
import torch

from lab.events import Checkpoint, StepsDone
from lab.network.build import build_network
from lab.parts.activations import ACTIVATIONS
from lab.parts.augmentations import AUGMENTATIONS
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
from lab.parts.optimizers import OPTIMIZERS, AdamW
from lab.parts.schedules import SCHEDULES
from lab.presets import PRESETS
from lab.spec import NetworkSpec, RunSpec
from lab.steps import make_step
from lab.training.samples import Prepare, draw_samples, epoch_order, generator_for
from tests.support.parts import part
from tests.support.small_runs import SMALL_STACK, digits, of_kind, run, spec_of

END = Linear(units=10, activation="identity")
STACKS: dict[str, tuple[AnyLayer, ...]] = {
    "linear": (Flatten(), Linear(units=16), END),
    "conv2d": (Conv2d(channels=4), MaxPool(), Flatten(), END),
    "max_pool": (MaxPool(), Flatten(), END),
    "avg_pool": (AvgPool(), Flatten(), END),
    "global_pool": (Conv2d(channels=24, stride=2), GlobalPool(), END),
    "flatten": (Flatten(), END),
    "dropout": (Flatten(), Dropout(), END),
    "batch_norm": (Conv2d(channels=4, activation="identity"), BatchNorm(activation="relu"), Flatten(), END),
    "layer_norm": (Flatten(), LayerNorm(), END),
    "residual": (MaxPool(), Residual(channels=4), Flatten(), END),
    "recurrent": (Recurrent(cell="gru", units=24), END),
    "patch_embedding": (PatchEmbedding(width=16), Flatten(), END),
    "transformer": (PatchEmbedding(width=16), Transformer(heads=2), Flatten(), END),
}


def losses_of(spec: RunSpec) -> list[float]:
    events = run(spec)
    assert events[-1].kind == "finished"
    return [loss for block in of_kind(events, StepsDone) for loss in block.losses]


def assert_learns(spec: RunSpec) -> None:
    losses = losses_of(spec)
    assert all(map(math.isfinite, losses))
    assert sum(losses[-8:]) < 0.97 * sum(losses[:8])


def quick(**changes: Any) -> RunSpec:
    return spec_of(**{"optimizer": AdamW(lr=0.005), "epochs": 3, **changes})


@pytest.mark.parametrize("kind", STACKS)
def test_every_layer_learns(kind: str) -> None:
    epochs = 20 if kind == "global_pool" else 3  # a mean over the image says little about a digit
    assert_learns(quick(layers=STACKS[kind], epochs=epochs))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_recurrent_cell_learns(cell: Literal["rnn", "lstm", "gru"]) -> None:
    layers = (Recurrent(cell=cell, units=16, output="sequence"), Recurrent(cell=cell, units=16), END)
    assert_learns(quick(layers=layers, epochs=4))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_learns(name: str) -> None:
    assert_learns(quick(layers=(Flatten(), Linear(units=16, activation=name), END)))


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_learns(kind: str) -> None:
    assert_learns(quick(loss=part(LOSSES, kind)))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_every_optimizer_learns(kind: str) -> None:
    assert_learns(quick(optimizer=part(OPTIMIZERS, kind), epochs=6))


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_schedule_learns(kind: str) -> None:
    assert_learns(quick(schedule=part(SCHEDULES, kind), epochs=4))


@pytest.mark.parametrize("kind", sorted(set(INITIALISATIONS) - {"zeros"}))
def test_every_initialisation_learns(kind: str) -> None:
    assert_learns(quick(network={"initialisation": part(INITIALISATIONS, kind)}))


def test_zeros_learn_nothing_but_the_last_bias() -> None:
    spec = quick(network={"initialisation": part(INITIALISATIONS, "zeros")})
    weights = of_kind(run(spec), Checkpoint)[-1].weights
    assert not weights["1.linear.weight"].any()
    assert weights["2.linear.bias"].any()


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_every_augmentation_learns(kind: str) -> None:
    assert_learns(quick(data={"augmentations": (part(AUGMENTATIONS, kind),)}, epochs=5))


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_every_normalisation_learns(name: str) -> None:
    assert_learns(quick(data={"normalisation": name}))


@pytest.mark.parametrize("extra", [{"l1": 1e-4}, {"clip_norm": 0.5}, {"batch_size": 1}, {"batch_size": 200}])
def test_penalty_clipping_and_any_batch_size_learn(extra: dict[str, Any]) -> None:
    assert_learns(quick(**{"epochs": 3 if extra.get("batch_size") == 1 else 20, **extra}))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_learns_the_bundled_digits(name: str) -> None:
    spec = PRESETS[name].spec
    data = spec.data.model_copy(update={"dataset": "digits", "train_samples": 300})
    train = spec.train.model_copy(
        update={"batch_size": 20, "epochs": 4, "device": "cpu", "optimizer": AdamW(lr=0.004)}
    )
    assert_learns(spec.model_copy(update={"data": data, "train": train}))


CASES: dict[str, dict[str, Any]] = {
    **{f"layer {kind}": {"layers": stack} for kind, stack in STACKS.items()},
    **{f"loss {kind}": {"loss": part(LOSSES, kind)} for kind in LOSSES},
}


@pytest.mark.parametrize("case", CASES)
def test_the_gradients_of_a_step_are_those_of_plain_torch(case: str) -> None:
    spec = spec_of(**{"layers": SMALL_STACK, **CASES[case]})
    samples = draw_samples(spec.data, 0, digits(), torch.device("cpu"))
    order = epoch_order(samples.train, 20, 0, 0)[:20]
    images, labels = samples.images[order], samples.labels[order]
    fast, plain = (
        build_network(NetworkSpec(layers=spec.network.layers), generator_for(0, "weights")) for _ in "ab"
    )
    loss = spec.train.loss.function()
    optimizer = torch.optim.SGD(fast.parameters(), lr=0.0)
    step = make_step(fast, loss, optimizer, prepare=Prepare("half"))
    for _ in range(4):  # the first ones may be recorded, the later ones replayed
        torch.manual_seed(1)
        step(images, labels)
        torch.manual_seed(1)
        plain.zero_grad()
        loss(plain((images.float().unsqueeze(1) / 255 - 0.5) / 0.5), labels).backward()
        for (name, mine), theirs in zip(fast.named_parameters(), plain.parameters(), strict=True):
            assert mine.grad is not None, name
            assert theirs.grad is not None, name
            assert torch.allclose(mine.grad, theirs.grad, rtol=1e-3, atol=5e-5), name
