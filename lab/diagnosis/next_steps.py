"""What to try next: changed specs, each a run to press Train on.

Owns the changes and their titles. Whether one is worth trying, others judge. A change that the spec's
bounds do not allow, or that is made already, is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lab.parts.augmentations import Rotate, Shift
from lab.parts.layers import Dropout, Linear
from lab.parts.schedules import OneCycle
from lab.registry import SpecError
from lab.spec import RunSpec, changed
from lab.texts import text
from lab.training.failures import gentler, largest_rate

Way = Literal["", "raise", "lower", "longer"]
_PATIENCE = 2  # epochs without gain
OPPOSITE: dict[Way, Way] = {"raise": "lower", "lower": "raise"}


@dataclass(frozen=True)
class NextStep:
    """A change worth trying: what the button says, and the run it opens.

    `way` is what it does to the learning rate or the epochs, for advice that another finding contradicts.
    """

    title: str
    spec: RunSpec
    way: Way = ""


def tries(*steps: NextStep | None) -> tuple[NextStep, ...]:
    """The steps that there are."""
    return tuple(step for step in steps if step is not None)


def step(title: str, spec: RunSpec, *changes: tuple[str, object], way: Way = "") -> NextStep | None:
    """The spec with these fields changed."""
    changed_spec = spec
    try:
        for path, value in changes:
            changed_spec = changed(changed_spec, path, value)
    except SpecError:
        return None
    return None if changed_spec == spec else NextStep(title, changed_spec, way)


def longer(spec: RunSpec, factor: int) -> NextStep | None:
    """More epochs."""
    epochs = min(1000, factor * spec.train.epochs)
    return step(text("diagnosis.steps.longer", n=epochs), spec, ("train.epochs", epochs), way="longer")


def raised(spec: RunSpec, base: float, factor: float) -> NextStep | None:
    """A higher learning rate than `base`, unless that is more than is usual."""
    rate = float(f"{base * factor:.2g}")
    if rate > largest_rate(spec.train.optimizer):
        return None
    title = text("diagnosis.steps.raised", rate=rate)
    return step(title, spec, ("train.optimizer.lr", rate), way="raise")


def lowered(spec: RunSpec, base: float, factor: float = 0.0) -> NextStep | None:
    """A lower learning rate than `base`; without a factor the one to try where steps were far too large."""
    rate = float(f"{base * factor:.2g}") if factor else gentler(base, spec.train.optimizer)
    title = text("diagnosis.steps.lowered", rate=rate)
    return step(title, spec, ("train.optimizer.lr", rate), way="lower")


def clipped(spec: RunSpec) -> NextStep | None:
    """Steps of bounded length."""
    if spec.train.clip_norm:
        return None
    return step(text("diagnosis.steps.clipped"), spec, ("train.clip_norm", 1.0))


def one_cycle(spec: RunSpec) -> NextStep | None:
    """Today's usual recipe instead of SGD at one rate."""
    if spec.train.schedule.kind != "constant" or spec.train.optimizer.kind != "sgd":
        return None
    return step(
        text("diagnosis.steps.one_cycle"),
        spec,
        ("train.optimizer", {"kind": "adamw", "lr": 0.003}),
        ("train.schedule", OneCycle().model_dump()),
    )


def smaller_batches(spec: RunSpec, batch_size: int) -> NextStep | None:
    """Batches that need less memory."""
    return step(text("diagnosis.steps.smaller_batches", n=batch_size), spec, ("train.batch_size", batch_size))


def random_weights(spec: RunSpec) -> NextStep | None:
    """First weights that differ, of the size that suits ReLU."""
    title = text("diagnosis.steps.random_weights")
    return step(title, spec, ("network.initialisation", {"kind": "he_uniform"}))


def true_labels(spec: RunSpec) -> NextStep | None:
    """Training labels as they are."""
    return step(text("diagnosis.steps.true_labels"), spec, ("data.label_noise", 0.0))


_NO_L1, _NO_DECAY = ("train.l1", 0.0), ("train.optimizer.weight_decay", 0.0)


def without_l1(spec: RunSpec) -> NextStep | None:
    """No L1 penalty."""
    return step(text("diagnosis.steps.without_l1"), spec, _NO_L1)


def without_decay(spec: RunSpec) -> NextStep | None:
    """No weight decay."""
    return step(text("diagnosis.steps.without_decay"), spec, _NO_DECAY)


def without_penalties(spec: RunSpec) -> NextStep | None:
    """Neither of the two."""
    return step(text("diagnosis.steps.without_penalties"), spec, _NO_L1, _NO_DECAY)


def leaky(spec: RunSpec) -> NextStep | None:
    """An activation that cannot die."""
    layers = [layer.model_dump(mode="json") for layer in spec.network.layers]
    for layer in layers:
        if layer.get("activation") == "relu":
            layer["activation"] = "leaky_relu"
    return step(text("diagnosis.steps.leaky"), spec, ("network.layers", layers))


def with_augmentation(spec: RunSpec) -> NextStep | None:
    """Training images that vary."""
    if spec.data.augmentations:
        return None
    wanted = [Rotate(degrees=8).model_dump(), Shift(pixels=1.5).model_dump()]
    return step(text("diagnosis.steps.with_augmentation"), spec, ("data.augmentations", wanted))


def with_dropout(spec: RunSpec) -> NextStep | None:
    """Units left out at random before the last layer."""
    layers = spec.network.layers
    if any(isinstance(layer, Dropout) for layer in layers):
        return None
    at = max((index for index, layer in enumerate(layers) if isinstance(layer, Linear)), default=None)
    if not at:
        return None
    stack = [layer.model_dump(mode="json") for layer in layers]
    stack.insert(at, Dropout(p=0.25).model_dump(mode="json"))
    return step(text("diagnosis.steps.with_dropout"), spec, ("network.layers", stack))


def stopping_early(spec: RunSpec) -> NextStep | None:
    """An end as soon as the validation loss rises."""
    if spec.train.early_stopping or not spec.data.validation_share:
        return None
    return step(
        text("diagnosis.steps.stopping_early", n=_PATIENCE), spec, ("train.early_stopping", _PATIENCE)
    )


def more_patience(spec: RunSpec) -> NextStep | None:
    """Early stopping that waits longer."""
    epochs = min(100, max(5, 3 * spec.train.early_stopping))
    title = text("diagnosis.steps.more_patience", n=epochs)
    return step(title, spec, ("train.early_stopping", epochs))


def more_capacity(spec: RunSpec) -> NextStep | None:
    """Twice the units and channels."""
    layers = [layer.model_dump(mode="json") for layer in spec.network.layers]
    for layer in layers[:-1]:
        if layer["kind"] == "linear":
            layer["units"] = min(2048, 2 * layer["units"])
        elif layer["kind"] == "conv2d":
            layer["channels"] = min(256, 2 * layer["channels"])
    return step(text("diagnosis.steps.more_capacity"), spec, ("network.layers", layers))
