"""What the figures of a run show: dead units, nothing learned, overfitting, a gap, a loss that still falls.

Owns when each is worth a sentence. What they rule out among each other stands in `rules`.
"""

from __future__ import annotations

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
from lab.events import PROBE_IMAGES
from lab.runs.history import History
from lab.runs.wording import ending
from lab.spec import RunSpec
from lab.texts.formats import noun, number

DEAD = 0.5  # the share of dead units in a layer from which it is worth a word
OVERFITTING = 1.03  # validation loss over its minimum
IMPROVING = 0.97  # the last epoch's loss over the one before
GAP = 0.02  # training accuracy ahead of validation
_TOO_LARGE = "The loss rose on the way: the steps are likely too large."


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
    sentence = (
        f"It hardly learned: {kept.train_accuracy:.0%} of the training images, and guessing gives 10 %."
    )
    base = base_rate(spec, history)
    if steps_too_large(history):
        return Finding("untrained", "bad", f"{sentence} {_TOO_LARGE}", tries(lowered(spec, base)))
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
    sentence = (
        f"Overfitting from epoch {first.epoch}: since then the training loss fell on while the validation"
        f" loss rose from {validation_loss(best):.3g} to {validation_loss(last):.3g}."
    )
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
    reads = f"{kept.train_accuracy:.0%} of the training images."
    after = f"after {number(len(epochs))} {noun(len(epochs), ('epoch', 'epochs'))} it reads"
    if kept is not epochs[-1]:
        after = f"the weights that are kept, of epoch {kept.epoch}, read"
    sentence = f"Far from learned: {after} {reads}"
    patience = more_patience(spec) if spec.train.early_stopping else None
    if steps_too_large(history) or epochs[-1].train_loss > kept.train_loss:
        return Finding("far", "hint", f"{sentence} {_TOO_LARGE}", tries(lowered(spec, base), patience))
    steps = tries(longer(spec, 4), patience, raised(spec, base, 10), one_cycle(spec))
    return Finding("far", "hint", sentence, steps)


def gap(spec: RunSpec, history: History) -> Finding | None:
    """Training images are read better than new ones."""
    kept = kept_epoch(spec, history)
    if kept is None or kept.validation_accuracy is None or kept.train_accuracy <= UNTRAINED:
        return None
    if kept.train_accuracy - kept.validation_accuracy < GAP:
        return None
    sentence = (
        f"It knows its training images better ({kept.train_accuracy:.1%}) than new ones"
        f" ({kept.validation_accuracy:.1%})."
    )
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
    sentence = f"Still improving: the last epoch lowered the training loss by {share:.0%}."
    constant = spec.train.schedule.kind == "constant"
    faster = raised(spec, base_rate(spec, history), 3) if constant else None
    return Finding("improving", "hint", sentence, tries(longer(spec, 2), faster, one_cycle(spec)))


def _dead(spec: RunSpec, history: History) -> str:
    dead = [layer for layer in layers_seen(spec, history) if (layer.dead_share or 0) >= DEAD]
    if not dead:
        return ""
    worst = max(dead, key=lambda layer: layer.dead_share or 0)
    images = min(PROBE_IMAGES, history.started.test_samples) if history.started else PROBE_IMAGES
    return (
        f"In layer {worst.name}, {worst.dead_share:.0%} of the units are dead: zero for all of {images} test images."
        " While it is zero, a unit gets no gradient."
    )
