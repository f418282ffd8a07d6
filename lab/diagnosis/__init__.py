"""What was seen in a run, in sentences, and what to try next.

Owns the judgement over a finished or failed run. Each next step is a changed spec: a run to press Train on.
"""

from __future__ import annotations

from collections.abc import Callable

from lab.diagnosis.causes import noisy_labels, penalty, symmetric
from lab.diagnosis.judged import base_rate
from lab.diagnosis.next_steps import (
    NextStep,
    clipped,
    longer,
    lowered,
    more_capacity,
    one_cycle,
    smaller_batches,
    tries,
)
from lab.diagnosis.rules import Finding, consistent
from lab.diagnosis.symptoms import (
    dead_cause,
    dead_hint,
    far,
    gap,
    improving,
    overfitting,
    stopped_early,
    untrained,
)
from lab.events import Diverged, wanted_memory
from lab.runs.history import History
from lab.runs.wording import failure_sentence
from lab.spec import RunSpec
from lab.texts import text
from lab.training.failures import smaller

__all__ = ["Finding", "NextStep", "findings"]

_LOOKS: tuple[Callable[[RunSpec, History], Finding | None], ...] = (
    stopped_early,
    symmetric,
    noisy_labels,
    penalty,
    dead_cause,
    untrained,
    overfitting,
    dead_hint,
    far,
    gap,
    improving,
)


def findings(spec: RunSpec, history: History) -> list[Finding]:
    """What there is to say about a run, causes before what follows from them."""
    if history.failed is not None:
        return [_failure(spec, history)]
    seen = consistent([finding for look in _LOOKS if (finding := look(spec, history)) is not None])
    if not seen and len(history.epochs) == 1:
        seen = [_short(spec, history)]
    elif not seen and history.epochs:
        seen = [Finding("settled", "good", _settled(history), tries(more_capacity(spec)))]
    return seen


def _failure(spec: RunSpec, history: History) -> Finding:
    failed = history.failed
    assert failed is not None
    cause = failed.cause
    steps: tuple[NextStep, ...] = ()
    if isinstance(cause, Diverged):
        steps = tries(lowered(spec, base_rate(spec, history)), clipped(spec))
    elif wanted_memory(cause):
        steps = tries(smaller_batches(spec, smaller(spec.train.batch_size)))
    return Finding(cause.kind, "bad", failure_sentence(cause, failed.step), steps)


def _short(spec: RunSpec, history: History) -> Finding:
    sentence = text("diagnosis.short", share=history.epochs[-1].train_accuracy)
    return Finding("short", "hint", sentence, tries(longer(spec, 5), one_cycle(spec)))


def _settled(history: History) -> str:
    last = history.epochs[-1]
    return text("diagnosis.settled", loss=last.train_loss)
