"""What the figures of a run show: dead units, nothing learned, overfitting, a gap, a loss that still falls.

Owns when each is worth a sentence. What they rule out among each other stands in `rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lab.diagnosis.judged import (
    FAR,
    UNTRAINED,
    base_rate,
    kept_epoch,
    layers_seen,
    steps_too_large,
    validation_loss,
)
from lab.diagnosis.next_steps import (
    leaky,
    longer,
    lowered,
    more_patience,
    one_cycle,
    raised,
    random_weights,
    stopping_early,
    tries,
    with_augmentation,
    with_dropout,
)
from lab.diagnosis.rules import Finding
from lab.events import PROBE_IMAGES, EpochDone
from lab.runs.history import History
from lab.runs.wording import ending
from lab.spec import RunSpec
from lab.texts import text

DEAD = 0.5  # the share of dead units in a layer from which it is worth a word
OVERFITTING = 1.03  # validation loss over its minimum
IMPROVING = 0.97  # the last epoch's loss over the one before
GAP = 0.02  # training accuracy ahead of validation


def stopped_early(spec: RunSpec, history: History) -> Finding | None:
    """Early stopping ended the run."""
    kept = kept_epoch(spec, history)
    if kept is None or history.finished is None or history.finished.ended_by == "epochs":
        return None
    tone: Literal["good", "hint"] = "good" if kept.train_accuracy >= FAR else "hint"
    return Finding("early", tone, ending(history.finished))


def dead_cause(spec: RunSpec, history: History) -> Finding | None:
    """Dead units of a network that reads nothing: the rate goes down, or the signal was lost from the start."""
    sentence, kept = _dead(spec, history), kept_epoch(spec, history)
    if not sentence or kept is None or kept.train_accuracy > UNTRAINED:
        return None
    steps = tries(lowered(spec, base_rate(spec, history)))
    if history.loss.steps and not steps_too_large(history):
        # No step overshot: in a deep network the signal is lost on its way through the first weights.
        steps = tries(random_weights(spec)) or steps
    return Finding("dead_units", "bad", sentence, steps)


def untrained(spec: RunSpec, history: History) -> Finding | None:
    """The network reads no more than guessing would; the loss tells on which side the rate is wrong."""
    kept = kept_epoch(spec, history)
    if kept is None or kept.train_accuracy > UNTRAINED:
        return None
    base, share = base_rate(spec, history), kept.train_accuracy
    if steps_too_large(history):
        sentence = text("diagnosis.untrained_overshot", share=share)
        return Finding("untrained", "bad", sentence, tries(lowered(spec, base)))
    sentence = text("diagnosis.untrained", share=share)
    return Finding("untrained", "bad", sentence, tries(raised(spec, base, 10), one_cycle(spec)))


def overfitting(spec: RunSpec, history: History) -> Finding | None:
    """The validation loss rises while the training loss falls on."""
    watched = [e for e in history.epochs if e.validation_loss is not None]
    if len(watched) < 2:
        return None
    best = min(watched, key=validation_loss)
    last = watched[-1]
    if best is last or validation_loss(last) < OVERFITTING * validation_loss(best):
        return None
    if last.train_loss >= best.train_loss:
        return None
    if last.train_accuracy < FAR and last.epoch - best.epoch < 2:  # one worse epoch on the way is no trend
        return None
    first = watched[watched.index(best) + 1]
    lowest, now = validation_loss(best), validation_loss(last)
    sentence = text("diagnosis.overfitting", epoch=first.epoch, lowest=lowest, now=now)
    steps = tries(with_augmentation(spec), with_dropout(spec), stopping_early(spec))
    return Finding("overfitting", "hint", sentence, steps)


def dead_hint(spec: RunSpec, history: History) -> Finding | None:
    """Dead units of a network that reads digits without them."""
    sentence, kept = _dead(spec, history), kept_epoch(spec, history)
    if not sentence or (kept is not None and kept.train_accuracy <= UNTRAINED):
        return None
    base = base_rate(spec, history)
    if steps_too_large(history):
        return Finding("dead_units", "hint", sentence, tries(lowered(spec, base), leaky(spec)))
    steps = tries(leaky(spec), lowered(spec, base, 0.3))
    return Finding("dead_units", "hint", sentence, steps)


def far(spec: RunSpec, history: History) -> Finding | None:
    """Something was learned, and much is missing."""
    kept = kept_epoch(spec, history)
    if kept is None or not UNTRAINED < kept.train_accuracy < FAR:
        return None
    epochs, base = history.epochs, base_rate(spec, history)
    overshot = steps_too_large(history) or epochs[-1].train_loss > kept.train_loss
    sentence = _far(kept, epochs, overshot)
    patience = more_patience(spec) if spec.train.early_stopping else None
    if overshot:
        return Finding("far", "hint", sentence, tries(lowered(spec, base), patience))
    steps = tries(longer(spec, 4), patience, raised(spec, base, 10), one_cycle(spec))
    return Finding("far", "hint", sentence, steps)


def _far(kept: EpochDone, epochs: Sequence[EpochDone], overshot: bool) -> str:
    if kept is epochs[-1]:
        key = "diagnosis.far_overshot" if overshot else "diagnosis.far"
        return text(key, n=len(epochs), share=kept.train_accuracy)
    key = "diagnosis.kept_far_overshot" if overshot else "diagnosis.kept_far"
    return text(key, epoch=kept.epoch, share=kept.train_accuracy)


def gap(spec: RunSpec, history: History) -> Finding | None:
    """Training images are read better than new ones."""
    kept = kept_epoch(spec, history)
    if kept is None or kept.validation_accuracy is None or kept.train_accuracy <= UNTRAINED:
        return None
    if kept.train_accuracy - kept.validation_accuracy < GAP:
        return None
    sentence = text("diagnosis.gap", known=kept.train_accuracy, new=kept.validation_accuracy)
    return Finding("gap", "hint", sentence, tries(with_augmentation(spec), with_dropout(spec)))


def improving(spec: RunSpec, history: History) -> Finding | None:
    """The loss still falls."""
    if len(history.epochs) < 2:
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
    sentence = text("diagnosis.improving", share=share)
    constant = spec.train.schedule.kind == "constant"
    faster = raised(spec, base_rate(spec, history), 3) if constant else None
    return Finding("improving", "hint", sentence, tries(longer(spec, 2), faster, one_cycle(spec)))


def _dead(spec: RunSpec, history: History) -> str:
    dead = [layer for layer in layers_seen(spec, history) if (layer.dead_share or 0) >= DEAD]
    if not dead:
        return ""
    worst = max(dead, key=lambda layer: layer.dead_share or 0)
    images = min(PROBE_IMAGES, history.started.test_samples) if history.started else PROBE_IMAGES
    place, layer = _layer(worst.name, spec)
    return text("diagnosis.dead_units", place=place, layer=layer, share=worst.dead_share, n=images)


def _layer(name: str, spec: RunSpec) -> tuple[str, object]:
    """Where a layer is that the store knows as "2 Linear", and what the reader calls it."""
    place, _, title = name.partition(" ")
    if place.isdecimal() and 1 <= int(place) <= len(spec.network.layers):
        return place, spec.network.layers[int(place) - 1].title
    return place, title
