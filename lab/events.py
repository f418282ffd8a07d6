"""What training says and what it can be told: small frozen values that travel as JSON.

Owns the words between the engine, the store and the pages, as causes and values. Knows none of them, and no sentence:
those are made where somebody reads them (lab.runs.wording).
Weights never travel as JSON: a `Checkpoint` carries tensors in memory, and only its step is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter

PROBE_IMAGES = 100  # test images on which a snapshot measures; fewer where there are fewer
Measured: TypeAlias = (
    float | None
)  # None once it was written down and was not finite: JSON has no such number

# --- what is to be said of a run that begins ---------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FileProblem:
    """What keeps a file of a data set from being used.

    `size` is what it has of the `expected` bytes, None where it has more; `detail` is the system's own word.
    """

    file: str
    code: Literal["missing", "packed_wrong", "unreadable", "wrong_size", "wrong_content", "unwritable"]
    size: int | None = None
    expected: int | None = None
    folder: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class DataStandIn:
    """Another data set is used than the one asked for, whose files in `folder` have these problems."""

    kind: Literal["data_stand_in"] = "data_stand_in"
    wanted: str
    used: str
    samples: int
    folder: str
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DevicePassedOver:
    """The GPU was not used: what it computes is wrong, or it does not work (`detail`, in torch's words)."""

    kind: Literal["device_passed_over"] = "device_passed_over"
    trouble: Literal["not_working", "wrong_numbers"]
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class WeightsCopied:
    """The run goes on from another: so many of its tensors were copied, the others are new."""

    kind: Literal["weights_copied"] = "weights_copied"
    copied: int
    tensors: int


@dataclass(frozen=True, kw_only=True)
class PlainSteps:
    """The fast way of training was not used: it could not be made, it broke, or it trained otherwise.

    `detail` is the error of another library, or the parameter whose gradient or update differed; `fault` is what an
    earlier version of the lab said.
    """

    kind: Literal["plain_steps"] = "plain_steps"
    what: Literal["not_made", "broke", "loss", "gradient", "update", "other"] = "other"
    detail: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherNote:
    """Something that an earlier version of the lab said, in its words."""

    kind: Literal["other"] = "other"
    text: str


Note: TypeAlias = DataStandIn | DevicePassedOver | WeightsCopied | PlainSteps | OtherNote

# --- why a run was interrupted, or failed ------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Loss:
    """How a run's process was lost: ended by a signal or with an exit code, or with the whole lab."""

    cause: Literal["ended", "exited", "crashed", "out_of_memory", "lab_stopped", "other"]
    signal: str = ""
    exit_code: int | None = None
    text: str = ""  # of what an earlier version said


@dataclass(frozen=True, kw_only=True)
class Diverged:
    """The loss became no number.

    `before` is the loss before it; `learning_rate` that of the step, `base_rate` the one that was set, before the
    schedule's factor; `try_rate` the one to try, `try_clipping` whether clipping may help.
    """

    kind: Literal["diverged"] = "diverged"
    loss: Literal["nan", "infinite"]
    before: float | None
    learning_rate: float
    base_rate: float
    try_rate: float
    try_clipping: bool


@dataclass(frozen=True, kw_only=True)
class OutOfMemory:
    """There was not enough memory: of the machine, or of a GPU with so much in all and so much free.

    Units: GB of 10^9 bytes.
    """

    kind: Literal["out_of_memory"] = "out_of_memory"
    batch_size: int | None
    try_batch_size: int | None
    gpu_free_gb: float | None = None
    gpu_gb: float | None = None


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """The run's process was lost again and again, the last time in this way."""

    kind: Literal["given_up"] = "given_up"
    attempts: int
    loss: Loss
    try_batch_size: int | None = None


@dataclass(frozen=True, kw_only=True)
class DiskFull:
    """The disk that holds this folder has no room for what was to be written."""

    kind: Literal["disk_full"] = "disk_full"
    folder: str
    unwritten: Literal["weights", "events"]


@dataclass(frozen=True, kw_only=True)
class NoProcess:
    """The system would not start a process for the run; `detail` is its own word."""

    kind: Literal["no_process"] = "no_process"
    detail: str


@dataclass(frozen=True, kw_only=True)
class OtherData:
    """The run was interrupted on other data than there are now under the name."""

    kind: Literal["other_data"] = "other_data"
    dataset: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A sentence that a process without a reader has to say: a text's key with its values, about the field at `path`.

    `words` is what it says where there is no key: that of another library.
    """

    path: str = ""
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The configuration or the data cannot be used: `reasons` say which field or file, and what is allowed.

    `text` is what an earlier version of the lab said.
    """

    kind: Literal["refused"] = "refused"
    what: Literal["spec", "data", "store"]
    reasons: tuple[Reason, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Unexpected:
    """An error that nobody foresaw, as Python names it."""

    kind: Literal["unexpected"] = "unexpected"
    error: str
    text: str


@dataclass(frozen=True, kw_only=True)
class OtherCause:
    """What an earlier version of the lab said, in its words."""

    kind: Literal["other"] = "other"
    text: str
    advice: str = ""


Cause: TypeAlias = (
    Diverged | OutOfMemory | GivenUp | DiskFull | NoProcess | OtherData | Refused | Unexpected | OtherCause
)

# --- what training says ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Started:
    """A run has begun, or begun again after an interruption at `step`; `notes` are what a person should know.

    `cores` is how many of the processor's it may use; 0 for a GPU, and where an earlier version of the lab named them
    in `device`.
    """

    kind: Literal["started"] = "started"
    device: str
    cores: int = 0
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
    notes: tuple[Annotated[Note, Field(discriminator="kind")], ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepsDone:
    """A block of steps: the loss of each, where it ended, and the speed.

    `step` counts the steps done when the block ended; the losses belong to the `len(losses)` steps before.

    Units: losses in the loss's own unit, elapsed_s seconds of training since the run began.
    """

    kind: Literal["steps_done"] = "steps_done"
    step: int
    losses: tuple[float, ...]
    learning_rate: float
    samples_per_s: float
    elapsed_s: float


@dataclass(frozen=True, kw_only=True)
class LayerState:
    """One layer with parameters, seen at one moment.

    `update_ratio` is |change of the weights| / |weights| over one step; `dead_share` the share of units
    that are zero for all of the first `PROBE_IMAGES` test images (None where the activation cannot die).
    """

    name: str
    gradient_norm: Measured
    update_ratio: Measured
    mean_activation: Measured
    dead_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the network looks like at `step`: its layers, first-layer weights, twelve predictions.

    Shapes: weights is up to 32 pictures of `weight_height` x `weight_width` values, each scaled to
    -127..127 by its own largest magnitude; probabilities (12, 10) on the first twelve test images.
    `activations` holds, per layer of the network, up to 64 mean activations (the coloured picture).
    """

    kind: Literal["snapshot"] = "snapshot"
    step: int
    layers: tuple[LayerState, ...] = ()
    weight_height: int = 0
    weight_width: int = 0
    weights: tuple[tuple[int, ...], ...] = ()
    probabilities: tuple[tuple[Measured, ...], ...] = ()
    activations: tuple[tuple[Measured, ...], ...] = ()
    memory_mb: float = 0.0


@dataclass(frozen=True, kw_only=True)
class EpochDone:
    """An epoch has ended. Validation figures are None where the run keeps no validation samples.

    All figures are taken after the epoch, without dropout or augmentation; those of training on at most
    3,000 of its samples, always the same.

    Units: epoch_s seconds of training alone, evaluation and snapshots not counted.
    """

    kind: Literal["epoch_done"] = "epoch_done"
    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    epoch_s: float
    samples_per_s: float
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Everything that an exact resume needs. The tensors stay in memory; a keeper writes them to a file.

    `state` holds the training state (flat, named tensors); `weights` the model's state_dict alone.
    `epoch_end` is the epoch that just ended, or 0 between epochs.
    """

    kind: Literal["checkpoint"] = "checkpoint"
    step: int
    epoch: int
    epoch_end: int = 0
    state: Annotated[Mapping[str, Any], Field(exclude=True)] = field(
        default_factory=dict, compare=False, repr=False
    )
    weights: Annotated[Mapping[str, Any], Field(exclude=True)] = field(
        default_factory=dict, compare=False, repr=False
    )


@dataclass(frozen=True, kw_only=True)
class LearningRateChanged:
    """A person changed the optimizer's learning rate while the run was going; the schedule multiplies it."""

    kind: Literal["learning_rate_changed"] = "learning_rate_changed"
    step: int
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Paused:
    """The run waits; Resume, StepOnce or Stop go on from here."""

    kind: Literal["paused"] = "paused"
    step: int


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """The run goes on: after a pause, from a checkpoint, or from one after its process was lost (`loss`)."""

    kind: Literal["resumed"] = "resumed"
    step: int
    after: Literal["pause", "checkpoint", "loss"] = "pause"
    loss: Loss | None = None

    @property
    def interrupted(self) -> bool:
        """Whether it was taken up from its checkpoint, and did not only wait."""
        return self.after != "pause"


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The run has ended by itself: all epochs done, or early stopping.

    With early stopping, `best_epoch` is the one whose weights are kept and `patience` how many epochs were waited
    for a better one; `text` is what an earlier version of the lab said of an end that this one does not know.

    Shapes: confusion (10, 10), rows are labels, columns predictions.
    Units: accuracy and its 95 % Wilson interval as shares of 1.
    """

    kind: Literal["finished"] = "finished"
    step: int
    test_accuracy: float
    test_low: float
    test_high: float
    test_loss: Measured
    confusion: tuple[tuple[int, ...], ...]
    elapsed_s: float
    epoch_s: tuple[float, ...]
    samples_per_s: float
    ended_by: Literal["epochs", "patience", "other"] = "epochs"
    best_epoch: int = 0
    patience: int = 0
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A person stopped the run; its weights so far are kept."""

    kind: Literal["stopped"] = "stopped"
    step: int


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The run could not go on after `step`, for this cause."""

    kind: Literal["failed"] = "failed"
    step: int
    cause: Annotated[Cause, Field(discriminator="kind")]


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


def wanted_memory(cause: Cause) -> bool:
    """Whether a run failed for want of memory: it said so, or its process was ended for it."""
    return isinstance(cause, OutOfMemory) or (
        isinstance(cause, GivenUp) and cause.loss.cause == "out_of_memory"
    )


def is_end(event: object) -> bool:
    """Whether a run is over with this event."""
    return isinstance(event, Finished | Stopped | Failed)


# --- what training can be told -----------------------------------------------------------------------


@dataclass(frozen=True)
class Pause:
    """Wait after the step in hand."""

    kind: Literal["pause"] = field(default="pause", kw_only=True)


@dataclass(frozen=True)
class Resume:
    """Go on."""

    kind: Literal["resume"] = field(default="resume", kw_only=True)


@dataclass(frozen=True)
class StepOnce:
    """Do `steps` more steps, then wait."""

    kind: Literal["step_once"] = field(default="step_once", kw_only=True)
    steps: int = 1


@dataclass(frozen=True)
class SetLearningRate:
    """Use this learning rate from the next step on; the schedule's factor applies to it as to the first one."""

    kind: Literal["set_learning_rate"] = field(default="set_learning_rate", kw_only=True)
    learning_rate: float


@dataclass(frozen=True)
class Stop:
    """End now and keep what there is."""

    kind: Literal["stop"] = field(default="stop", kw_only=True)


Message: TypeAlias = Pause | Resume | StepOnce | SetLearningRate | Stop

# --- as JSON -----------------------------------------------------------------------------------------

# Made at the first use: it takes tens of milliseconds, which a page that starts has not.
_CONFIG = ConfigDict(defer_build=True, extra="forbid")
_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")], config=_CONFIG)
_MESSAGES: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")], config=_CONFIG)
_CAUSES: TypeAdapter[Cause] = TypeAdapter(Annotated[Cause, Field(discriminator="kind")], config=_CONFIG)


def to_json(value: Event | Message) -> str:
    """The event or message as one line of JSON; tensors of a checkpoint are left out, what is not finite is null."""
    adapter: TypeAdapter[Any] = _MESSAGES if isinstance(value, Message) else _EVENTS
    return adapter.dump_json(value).decode()


def from_json(text: str) -> Event:
    """The event that `to_json` wrote.

    Raises: ValueError for a kind that this version does not know, or values that it does not have.
    """
    return _EVENTS.validate_json(text)


def message_from_json(text: str) -> Message:
    """The message that `to_json` wrote.

    Raises: ValueError for a kind that this version does not know, or values that it does not have.
    """
    return _MESSAGES.validate_json(text)


def cause_to_json(cause: Cause) -> str:
    """Why a run failed, as one line of JSON."""
    return _CAUSES.dump_json(cause).decode()


def cause_from_json(text: str) -> Cause:
    """The cause that `cause_to_json` wrote.

    Raises: ValueError.
    """
    return _CAUSES.validate_json(text)
