"""What training says and what it can be told: small frozen values that travel as JSON.

Owns the words between the engine, the store and the pages. Knows none of them.
Weights never travel as JSON: a `Checkpoint` carries tensors in memory, and only its step is written down.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

PROBE_IMAGES = 100  # test images on which a snapshot measures; fewer where there are fewer

# --- what training says -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Started:
    """A run has begun, or begun again after an interruption at `step`."""

    kind: ClassVar[str] = "started"
    device: str
    dataset: str
    train_samples: int
    validation_samples: int
    test_samples: int
    parameters: int
    steps_per_epoch: int
    epochs: int
    batch_size: int
    step: int = 0
    memory_mb: float = 0.0
    notice: str = ""


@dataclass(frozen=True)
class StepsDone:
    """A block of steps: the loss of each, where it ended, and the speed.

    `step` counts the steps done when the block ended; the losses belong to the `len(losses)` steps before.

    Units: losses in the loss's own unit, elapsed_s seconds of training since the run began.
    """

    kind: ClassVar[str] = "steps_done"
    step: int
    losses: tuple[float, ...]
    learning_rate: float
    samples_per_s: float
    elapsed_s: float


@dataclass(frozen=True)
class LayerState:
    """One layer with parameters, seen at one moment.

    `update_ratio` is |change of the weights| / |weights| over one step; `dead_share` the share of units
    that are zero for all of the first `PROBE_IMAGES` test images (None where the activation cannot die).
    """

    name: str
    gradient_norm: float
    update_ratio: float
    mean_activation: float
    dead_share: float | None = None


@dataclass(frozen=True)
class Snapshot:
    """What the network looks like at `step`: its layers, first-layer weights, twelve predictions.

    Shapes: weights is up to 32 pictures of `weight_height` x `weight_width` values, each scaled to
    -127..127 by its own largest magnitude; probabilities (12, 10) on the first twelve test images.
    `activations` holds, per layer of the network, up to 64 mean activations (the coloured picture).
    """

    kind: ClassVar[str] = "snapshot"
    step: int
    layers: tuple[LayerState, ...] = ()
    weight_height: int = 0
    weight_width: int = 0
    weights: tuple[tuple[int, ...], ...] = ()
    probabilities: tuple[tuple[float, ...], ...] = ()
    activations: tuple[tuple[float, ...], ...] = ()
    memory_mb: float = 0.0


@dataclass(frozen=True)
class EpochDone:
    """An epoch has ended. Validation figures are None where the run keeps no validation samples.

    All figures are taken after the epoch, without dropout or augmentation; those of training on at most
    3,000 of its samples, always the same.

    Units: epoch_s seconds of training alone, evaluation and snapshots not counted.
    """

    kind: ClassVar[str] = "epoch_done"
    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    epoch_s: float
    samples_per_s: float
    learning_rate: float


@dataclass(frozen=True)
class Checkpoint:
    """Everything that an exact resume needs. The tensors stay in memory; a keeper writes them to a file.

    `state` holds the training state (flat, named tensors); `weights` the model's state_dict alone.
    `epoch_end` is the epoch that just ended, or 0 between epochs.
    """

    kind: ClassVar[str] = "checkpoint"
    step: int
    epoch: int
    epoch_end: int = 0
    state: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    weights: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class LearningRateChanged:
    """A person changed the optimizer's learning rate while the run was going; the schedule multiplies it."""

    kind: ClassVar[str] = "learning_rate_changed"
    step: int
    learning_rate: float


@dataclass(frozen=True)
class Paused:
    """The run waits; Resume, StepOnce or Stop go on from here."""

    kind: ClassVar[str] = "paused"
    step: int


@dataclass(frozen=True)
class Resumed:
    """The run goes on after a pause, or from its checkpoint after an interruption (`reason`)."""

    kind: ClassVar[str] = "resumed"
    step: int
    reason: str = ""


@dataclass(frozen=True)
class Finished:
    """The run has ended by itself: all epochs done, or early stopping (`reason`).

    Shapes: confusion (10, 10), rows are labels, columns predictions.
    Units: accuracy and its 95 % Wilson interval as shares of 1.
    """

    kind: ClassVar[str] = "finished"
    step: int
    test_accuracy: float
    test_low: float
    test_high: float
    test_loss: float
    confusion: tuple[tuple[int, ...], ...]
    elapsed_s: float
    epoch_s: tuple[float, ...]
    samples_per_s: float
    reason: str = ""


@dataclass(frozen=True)
class Stopped:
    """A person stopped the run; its weights so far are kept."""

    kind: ClassVar[str] = "stopped"
    step: int


@dataclass(frozen=True)
class Failed:
    """The run could not go on: what happened, at which step, and what to try."""

    kind: ClassVar[str] = "failed"
    step: int
    reason: str
    advice: str = ""
    cause: str = "error"  # diverged | out_of_memory | disk_full | crashed | lost | data | error


Event: TypeAlias = (
    Started
    | StepsDone
    | Snapshot
    | EpochDone
    | Checkpoint
    | LearningRateChanged
    | Paused
    | Resumed
    | Finished
    | Stopped
    | Failed
)

# --- what training can be told ----------------------------------------------------------------------


@dataclass(frozen=True)
class Pause:
    """Wait after the step in hand."""

    kind: ClassVar[str] = "pause"


@dataclass(frozen=True)
class Resume:
    """Go on."""

    kind: ClassVar[str] = "resume"


@dataclass(frozen=True)
class StepOnce:
    """Do `steps` more steps, then wait."""

    kind: ClassVar[str] = "step_once"
    steps: int = 1


@dataclass(frozen=True)
class SetLearningRate:
    """Use this learning rate from the next step on; the schedule's factor applies to it as to the first one."""

    kind: ClassVar[str] = "set_learning_rate"
    learning_rate: float


@dataclass(frozen=True)
class Stop:
    """End now and keep what there is."""

    kind: ClassVar[str] = "stop"


Message: TypeAlias = Pause | Resume | StepOnce | SetLearningRate | Stop

# --- as JSON ----------------------------------------------------------------------------------------

_EVENTS: dict[str, type] = {
    cls.kind: cls
    for cls in (
        Started,
        StepsDone,
        Snapshot,
        EpochDone,
        Checkpoint,
        LearningRateChanged,
        Paused,
        Resumed,
        Finished,
        Stopped,
        Failed,
    )
}
_MESSAGES: dict[str, type] = {cls.kind: cls for cls in (Pause, Resume, StepOnce, SetLearningRate, Stop)}
_IN_MEMORY_ONLY = ("state", "weights")


def _finite(value: Any) -> Any:
    """JSON has no NaN: what is not finite is written as None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return value


def to_json(value: Event | Message) -> str:
    """The event or message as one line of JSON; tensors of a checkpoint are left out."""
    skip = _IN_MEMORY_ONLY if isinstance(value, Checkpoint) else ()
    content = (
        {f.name: getattr(value, f.name) for f in fields(value) if f.name not in skip}
        if skip
        else asdict(value)
    )
    return json.dumps({"kind": value.kind, **_finite(content)}, separators=(",", ":"))


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def from_json(text: str) -> Event:
    """The event that `to_json` wrote.

    Raises: ValueError for a kind that this version does not know.
    """
    return _parsed(text, _EVENTS)  # type: ignore[no-any-return]


def message_from_json(text: str) -> Message:
    """The message that `to_json` wrote.

    Raises: ValueError for a kind that this version does not know.
    """
    return _parsed(text, _MESSAGES)  # type: ignore[no-any-return]


def _parsed(text: str, kinds: dict[str, type]) -> Any:
    content = json.loads(text)
    kind = content.pop("kind", None)
    if kind not in kinds:
        raise ValueError(f"unknown kind {kind!r}; allowed: {', '.join(kinds)}")
    values = {key: _frozen(value) for key, value in content.items()}
    if "layers" in values:
        values["layers"] = tuple(LayerState(**layer) for layer in values["layers"])
    return kinds[kind](**values)
