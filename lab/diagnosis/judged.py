"""What a run is judged by: the weights it ended with, the loss on its way, the rate that was set.

Owns reading these from a run's history. Judges nothing itself.
"""

from __future__ import annotations

from lab.events import EpochDone, LayerState
from lab.runs.history import History
from lab.spec import RunSpec

UNTRAINED = 0.2  # training accuracy; guessing gives 0.1
FAR = 0.85  # training accuracy below which nobody would call digits learned
RISEN = 1.1  # a smoothed loss over the first one from which the steps were too large


def kept_epoch(spec: RunSpec, history: History) -> EpochDone | None:
    """The epoch whose weights the run ended with: with early stopping not always the last."""
    if history.epochs and history.finished is not None and spec.train.early_stopping:
        return min(history.epochs, key=validation_loss)
    return history.epochs[-1] if history.epochs else None


def layers_seen(spec: RunSpec, history: History) -> tuple[LayerState, ...]:
    """The layers as last seen before the weights that are kept."""
    kept = kept_epoch(spec, history)
    if kept is None:
        return history.snapshots[-1].layers if history.snapshots else ()
    return next((s.layers for s in reversed(history.snapshots) if s.step <= kept.step), ())


def steps_too_large(history: History) -> bool:
    """Whether the loss rose well above where it began, as it does when steps overshoot."""
    loss = history.loss
    seen = [*loss.smooth, *(epoch.train_loss for epoch in history.epochs)]
    return any(value > RISEN * loss.first for value in seen)  # without a first loss: nan, so never


def base_rate(spec: RunSpec, history: History) -> float:
    """The learning rate that was set, by the spec or by a person while it ran."""
    return history.chosen_rate or spec.train.optimizer.lr


def validation_loss(epoch: EpochDone) -> float:
    """Infinite where the run keeps no validation samples."""
    return float("inf") if epoch.validation_loss is None else epoch.validation_loss
