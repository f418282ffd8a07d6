"""Causes that stand in the spec: zeros to start from, wrong labels, penalties too strong.

Owns when each is to blame. Each comes with the step that mends it.
"""

from __future__ import annotations

from lab.diagnosis.judged import FAR, UNTRAINED, kept_epoch
from lab.diagnosis.next_steps import random_weights, tries, true_labels, without_penalties
from lab.diagnosis.rules import Finding
from lab.parts.layers import Conv2d, Linear, PatchEmbedding, Recurrent, Residual, Transformer
from lab.runs.history import History
from lab.spec import RunSpec

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
    sentence = "All units of a layer started equal and got equal gradients, so they stayed equal."
    return Finding("symmetric", "bad", sentence, tries(random_weights(spec)))


def noisy_labels(spec: RunSpec, history: History) -> Finding | None:
    """Wrong labels: so many that nothing is to be learned, or enough to explain what is read."""
    kept, noise = kept_epoch(spec, history), spec.data.label_noise
    if kept is None or noise < NOISY:
        return None
    wrong = f"{noise:.0%} of the training labels are wrong on purpose (label noise)"
    if 1 - noise <= UNTRAINED:
        sentence = f"{wrong}: there is little true in them to learn from."
        return Finding("random_labels", "bad", sentence, tries(true_labels(spec)))
    if kept.train_accuracy < FAR * (1 - noise):  # something else keeps it down
        return None
    sentence = (
        f"{wrong}: it reads {kept.train_accuracy:.0%} of the training images; more than about"
        f" {1 - noise:.0%} takes learning wrong labels by heart."
    )
    return Finding("noisy_labels", "hint", sentence, tries(true_labels(spec)))


def penalty(spec: RunSpec, history: History) -> Finding | None:
    """An L1 penalty or a weight decay so strong that the weights cannot grow."""
    kept, optimizer = kept_epoch(spec, history), spec.train.optimizer
    if kept is None or kept.train_accuracy >= FAR:
        return None
    strong: dict[str, str] = {}
    if spec.train.l1 >= STRONG_L1:
        strong["train.l1"] = "the L1 penalty"
    if optimizer.weight_decay >= (STRONG_DECOUPLED_DECAY if optimizer.decoupled_decay else STRONG_DECAY):
        strong["train.optimizer.weight_decay"] = "weight decay"
    if not strong:
        return None
    sizes = {"train.l1": spec.train.l1, "train.optimizer.weight_decay": optimizer.weight_decay}
    what = " and ".join(f"{name} of {sizes[path]:g}" for path, name in strong.items())
    pull = "pulls" if len(strong) == 1 else "pull"
    sentence = (
        f"{what[:1].upper()}{what[1:]} {pull} the weights towards zero harder than the images pull them away:"
        f" it reads {kept.train_accuracy:.0%} of its training images."
    )
    return Finding("penalty", "bad", sentence, tries(without_penalties(spec, strong)))
