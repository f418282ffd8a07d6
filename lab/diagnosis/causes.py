"""Causes that stand in the spec: zeros to start from, wrong labels, penalties too strong.

Owns when each is to blame. Each comes with the step that mends it.
"""

from __future__ import annotations

from lab.diagnosis.judged import FAR, UNTRAINED, kept_epoch
from lab.diagnosis.next_steps import (
    random_weights,
    tries,
    true_labels,
    without_decay,
    without_l1,
    without_penalties,
)
from lab.diagnosis.rules import Finding
from lab.parts.layers import Conv2d, Linear, PatchEmbedding, Recurrent, Residual, Transformer
from lab.runs.history import History
from lab.spec import RunSpec
from lab.texts import text

NOISY = 0.15  # the share of wrong labels from which right answers alone stay below FAR
STRONG_L1 = 0.003  # penalties from which the document's network stays below FAR, measured
STRONG_DECAY = 0.1
STRONG_DECOUPLED_DECAY = 3.0


def symmetric(spec: RunSpec, history: History) -> Finding | None:
    """Hidden layers that began at zero."""
    kept = kept_epoch(spec, history)
    kinds = (Linear, Conv2d, Residual, Recurrent, PatchEmbedding, Transformer)
    hidden = sum(isinstance(layer, kinds) for layer in spec.network.layers) > 1
    if kept is None or kept.train_accuracy >= FAR or not hidden:
        return None
    if spec.network.initialisation.kind != "zeros":
        return None
    return Finding("symmetric", "bad", text("diagnosis.symmetric"), tries(random_weights(spec)))


def noisy_labels(spec: RunSpec, history: History) -> Finding | None:
    """Wrong labels: so many that nothing is to be learned, or enough to explain what is read."""
    kept, noise = kept_epoch(spec, history), spec.data.label_noise
    if kept is None or noise < NOISY:
        return None
    if 1 - noise <= UNTRAINED:
        sentence = text("diagnosis.random_labels", noise=noise)
        return Finding("random_labels", "bad", sentence, tries(true_labels(spec)))
    if kept.train_accuracy < FAR * (1 - noise):  # something else keeps it down
        return None
    sentence = text("diagnosis.noisy_labels", noise=noise, share=kept.train_accuracy, most=1 - noise)
    return Finding("noisy_labels", "hint", sentence, tries(true_labels(spec)))


def penalty(spec: RunSpec, history: History) -> Finding | None:
    """An L1 penalty or a weight decay so strong that the weights cannot grow."""
    kept, optimizer = kept_epoch(spec, history), spec.train.optimizer
    if kept is None or kept.train_accuracy >= FAR:
        return None
    l1, decay, share = spec.train.l1, optimizer.weight_decay, kept.train_accuracy
    strong_decay = STRONG_DECOUPLED_DECAY if optimizer.decoupled_decay else STRONG_DECAY
    if l1 >= STRONG_L1 and decay >= strong_decay:
        sentence, step = (
            text("diagnosis.penalties", penalty=l1, decay=decay, share=share),
            without_penalties(spec),
        )
    elif l1 >= STRONG_L1:
        sentence, step = text("diagnosis.l1", size=l1, share=share), without_l1(spec)
    elif decay >= strong_decay:
        sentence, step = text("diagnosis.decay", size=decay, share=share), without_decay(spec)
    else:
        return None
    return Finding("penalty", "bad", sentence, tries(step))
