"""What was seen in a run, in sentences, and what to try next.

Owns the judgement over a finished or failed run. Each next step is a changed spec: a run to press Train on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lab.augmentations import Rotate, Shift
from lab.events import EpochDone
from lab.failures import smaller
from lab.history import History
from lab.layers import Dropout, Linear
from lab.registry import SpecError
from lab.schedules import OneCycle
from lab.spec import RunSpec, changed
from lab.words import counted

DEAD = 0.5  # the share of dead units in a layer from which it is worth a word
OVERFITTING = 1.03  # validation loss over its minimum
IMPROVING = 0.97  # the last epoch's loss over the one before
GAP = 0.02  # training accuracy ahead of validation
UNTRAINED = 0.2  # training accuracy; guessing gives 0.1
FAR = 0.85  # training accuracy below which nobody would call digits learned


@dataclass(frozen=True)
class NextStep:
    """A change worth trying: what the button says, and the run it opens."""

    title: str
    spec: RunSpec


@dataclass(frozen=True)
class Finding:
    """One thing that was seen, whether it is good, and what to do about it."""

    kind: str
    tone: Literal["good", "hint", "bad"]
    sentence: str
    steps: tuple[NextStep, ...] = ()


def findings(spec: RunSpec, history: History) -> list[Finding]:
    """What there is to say about a run, the most important first."""
    if history.failed is not None:
        return [_failure(spec, history)]
    said = [finding for look in _LOOKS if (finding := look(spec, history)) is not None]
    if not said and len(history.epochs) == 1:
        said = [_short(spec, history)]
    elif not said and history.epochs:
        said = [Finding("settled", "good", _settled(history), _tries(_more_capacity(spec)))]
    return said


def _failure(spec: RunSpec, history: History) -> Finding:
    failed = history.failed
    assert failed is not None
    reason = failed.reason.removesuffix(".")
    if reason.partition(" ")[0].isalpha():  # not the name of a field, which is to be found as it is
        reason = reason[:1].upper() + reason[1:]
    sentence = f"{reason}. {failed.advice}".strip()
    steps: tuple[NextStep, ...] = ()
    if failed.cause == "diverged":
        steps = _tries(_rate(spec, 0.1), _clipped(spec))
    elif failed.cause in ("out_of_memory", "lost"):
        few = smaller(spec.train.batch_size)
        steps = _tries(_step(f"Batches of {few}", spec, ("train.batch_size", few)))
    return Finding(failed.cause, "bad", sentence, steps)


def _untrained(spec: RunSpec, history: History) -> Finding | None:
    last = _last(history)
    if last is None or last.train_accuracy > UNTRAINED:
        return None
    if spec.network.initialisation.kind == "zeros":
        sentence = "All units of a layer started equal and got equal gradients, so they stayed equal."
        step = _step(
            "Start from He's random weights", spec, ("network.initialisation", {"kind": "he_uniform"})
        )
        return Finding("symmetric", "bad", sentence, _tries(step))
    sentence = (
        f"It hardly learned: {last.train_accuracy:.0%} of the training images, and guessing gives 10 %."
    )
    return Finding("untrained", "bad", sentence, _tries(_rate(spec, 10), _rate(spec, 0.1)))


def _overfitting(spec: RunSpec, history: History) -> Finding | None:
    watched = [e for e in history.epochs if e.validation_loss is not None]
    if len(watched) < 2:
        return None
    best = min(watched, key=_validation_loss)
    last = watched[-1]
    if best is last or _validation_loss(last) < OVERFITTING * _validation_loss(best):
        return None
    if last.train_loss >= best.train_loss:
        return None
    first = watched[watched.index(best) + 1]
    sentence = (
        f"Overfitting from epoch {first.epoch}: since then the training loss fell on while the validation"
        f" loss rose from {_validation_loss(best):.3g} to {_validation_loss(last):.3g}."
    )
    steps = _tries(_with_augmentation(spec), _with_dropout(spec), _stopping_early(spec))
    return Finding("overfitting", "hint", sentence, steps)


def _dead(spec: RunSpec, history: History) -> Finding | None:
    layers = history.snapshots[-1].layers if history.snapshots else ()
    dead = [layer for layer in layers if layer.dead_share is not None and layer.dead_share >= DEAD]
    if not dead:
        return None
    worst = max(dead, key=lambda layer: layer.dead_share or 0)
    sentence = (
        f"In layer {worst.name}, {worst.dead_share:.0%} of the units are dead: zero for every image seen,"
        " so no gradient reaches them."
    )
    content = spec.model_dump(mode="json")
    for layer in content["network"]["layers"]:
        if layer.get("activation") == "relu":
            layer["activation"] = "leaky_relu"
    leaky = _step("LeakyReLU instead of ReLU", spec, ("network.layers", content["network"]["layers"]))
    return Finding("dead_units", "hint", sentence, _tries(leaky, _rate(spec, 0.3)))


def _far(spec: RunSpec, history: History) -> Finding | None:
    last = _last(history)
    if last is None or not UNTRAINED < last.train_accuracy < FAR:
        return None
    sentence = (
        f"Far from learned: after {counted(len(history.epochs), 'epoch')} it reads {last.train_accuracy:.0%} of its"
        " training images. It needs more epochs or larger steps."
    )
    return Finding("far", "hint", sentence, _tries(_longer(spec, 4), _rate(spec, 10), _one_cycle(spec)))


def _improving(spec: RunSpec, history: History) -> Finding | None:
    if len(history.epochs) < 2 or (history.finished and history.finished.reason):
        return None
    before, last = history.epochs[-2:]
    if last.train_accuracy < FAR:  # said already
        return None
    falls = last.train_loss < IMPROVING * before.train_loss
    if last.validation_loss is not None and before.validation_loss is not None:
        falls = falls and last.validation_loss < before.validation_loss
    if not falls:
        return None
    share = 1 - last.train_loss / before.train_loss
    sentence = f"Still improving: the last epoch lowered the training loss by {share:.0%}."
    faster = _rate(spec, 3) if spec.train.schedule.kind == "constant" else None
    return Finding("improving", "hint", sentence, _tries(_longer(spec, 2), faster, _one_cycle(spec)))


def _gap(spec: RunSpec, history: History) -> Finding | None:
    last = _last(history)
    if last is None or last.validation_accuracy is None:
        return None
    gap = last.train_accuracy - last.validation_accuracy
    if gap < GAP:
        return None
    sentence = (
        f"It knows its training images better ({last.train_accuracy:.1%}) than new ones"
        f" ({last.validation_accuracy:.1%})."
    )
    return Finding("gap", "hint", sentence, _tries(_with_augmentation(spec), _with_dropout(spec)))


def _stopped_early(spec: RunSpec, history: History) -> Finding | None:
    if history.finished is None or not history.finished.reason:
        return None
    return Finding("early", "good", history.finished.reason)


_LOOKS: tuple[Callable[[RunSpec, History], Finding | None], ...] = (
    _stopped_early,
    _untrained,
    _overfitting,
    _dead,
    _far,
    _gap,
    _improving,
)


def _short(spec: RunSpec, history: History) -> Finding:
    sentence = (
        f"One epoch gave {history.epochs[-1].train_accuracy:.1%} of the training images."
        " Whether there is more to come, further epochs show."
    )
    return Finding("short", "hint", sentence, _tries(_longer(spec, 5), _one_cycle(spec)))


def _settled(history: History) -> str:
    last = history.epochs[-1]
    return f"It has settled: the training loss stays near {last.train_loss:.3g}, and nothing looks wrong."


def _last(history: History) -> EpochDone | None:
    return history.epochs[-1] if history.epochs else None


def _validation_loss(epoch: EpochDone) -> float:
    return float("inf") if epoch.validation_loss is None else epoch.validation_loss


# --- next steps: a changed spec each, None where the spec's bounds do not allow it ---------------------


def _tries(*steps: NextStep | None) -> tuple[NextStep, ...]:
    return tuple(step for step in steps if step is not None)


def _step(title: str, spec: RunSpec, *changes: tuple[str, object]) -> NextStep | None:
    try:
        for path, value in changes:
            spec = changed(spec, path, value)
    except SpecError:
        return None
    return NextStep(title, spec)


def _longer(spec: RunSpec, factor: int) -> NextStep | None:
    epochs = min(1000, factor * spec.train.epochs)
    if epochs == spec.train.epochs:
        return None
    return _step(f"Train {counted(epochs, 'epoch')}", spec, ("train.epochs", epochs))


def _rate(spec: RunSpec, factor: float) -> NextStep | None:
    rate = float(f"{spec.train.optimizer.lr * factor:.2g}")
    word = "Raise" if factor > 1 else "Lower"
    return _step(f"{word} the learning rate to {rate:g}", spec, ("train.optimizer.lr", rate))


def _clipped(spec: RunSpec) -> NextStep | None:
    if spec.train.clip_norm:
        return None
    return _step("Clip the gradient at 1", spec, ("train.clip_norm", 1.0))


def _one_cycle(spec: RunSpec) -> NextStep | None:
    if spec.train.schedule.kind != "constant" or spec.train.optimizer.kind != "sgd":
        return None
    return _step(
        "AdamW with one-cycle",
        spec,
        ("train.optimizer", {"kind": "adamw", "lr": 0.003}),
        ("train.schedule", OneCycle().model_dump()),
    )


def _with_augmentation(spec: RunSpec) -> NextStep | None:
    if spec.data.augmentations:
        return None
    wanted = [Rotate(degrees=8).model_dump(), Shift(pixels=1.5).model_dump()]
    return _step("Turn and shift the images", spec, ("data.augmentations", wanted))


def _with_dropout(spec: RunSpec) -> NextStep | None:
    layers = spec.network.layers
    if any(isinstance(layer, Dropout) for layer in layers):
        return None
    at = max((index for index, layer in enumerate(layers) if isinstance(layer, Linear)), default=None)
    if not at:
        return None
    stack = [layer.model_dump(mode="json") for layer in layers]
    stack.insert(at, Dropout(p=0.25).model_dump(mode="json"))
    return _step("Add dropout before the last layer", spec, ("network.layers", stack))


def _stopping_early(spec: RunSpec) -> NextStep | None:
    if spec.train.early_stopping or not spec.data.validation_share:
        return None
    return _step("Stop early, after 2 epochs without gain", spec, ("train.early_stopping", 2))


def _more_capacity(spec: RunSpec) -> NextStep | None:
    layers = [layer.model_dump(mode="json") for layer in spec.network.layers]
    for layer in layers[:-1]:
        if layer["kind"] == "linear":
            layer["units"] = min(2048, 2 * layer["units"])
        elif layer["kind"] == "conv2d":
            layer["channels"] = min(256, 2 * layer["channels"])
    if layers == [layer.model_dump(mode="json") for layer in spec.network.layers]:
        return None
    return _step("A network twice as wide", spec, ("network.layers", layers))
