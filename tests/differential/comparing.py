"""One spec trained by the lab and by the second engine: the same, as closely as float32 allows, or not.

What float32 allows is measured: the second engine trains once in float64, which is taken for the truth, and three times
in float32: as it is, with every layer's input shaken by its last digit, and so with each batch's samples in reverse. The
lab may be some times as far from the truth as those are, and a little. So a unit that rounding alone lifts over ReLU's
corner, or past another in a max pooling, is allowed for where there is one, and only there. What seems to disagree is
looked at again beside many more shaken trainings, for three can miss such a corner.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from lab.data import Dataset
from lab.events import (
    Checkpoint,
    Failed,
    Message,
    PlainSteps,
    SetLearningRate,
    Started,
    StepOnce,
    StepsDone,
    Stop,
)
from lab.network.build import build_network
from lab.parts.initialisations import FromRun
from lab.runs.wording import failure
from lab.spec import RunSpec
from lab.training.loop import train
from lab.training.samples import draw_samples, epoch_order, generator_for
from tests.differential import trainer

TIMES = 30  # as far from the truth as plain float32, and half a per cent of what training changed
SHARE = 5e-3
NOTHING = 1e-6
STRENGTHS, SHAKEN = (1.0, 2.0, 4.0, 8.0), 6  # of what seems to disagree: roundings, and trainings with each
WILD = 1e30  # beyond this, float32 soon ends where float64 goes on


class DisagreementError(AssertionError):
    """The lab and the second engine do not agree; says where, by how much, and for which spec."""


class DivergedError(Exception):
    """The lab's run ended with a loss that is no number."""


def agrees(
    spec: RunSpec,
    data: Dataset,
    interrupted_at: int | None = None,
    rates: Mapping[int, float] | None = None,
) -> None:
    """Trains and compares losses, weights, running statistics and the optimizer's memory.

    Raises: DisagreementError; DivergedError, where the truth diverges too.
    """
    first = first_weights(spec)
    batches, per_epoch = _batches(spec, data)
    plain = json.loads(spec.model_dump_json())
    reverse = [(images.flip(0), labels.flip(0)) for images, labels in batches]
    truth = trainer.train(plain, first, batches, per_epoch, torch.float64, rates)
    try:
        losses, last = lab_run(spec, data, interrupted_at, rates)
    except DivergedError as error:
        if all(loss < WILD for loss in truth.losses):
            raise DisagreementError(f"{error}\n{spec.model_dump_json()}") from error
        raise
    plainly = partial(
        trainer.train, plain, first, steps_per_epoch=per_epoch, dtype=torch.float32, rates=rates
    )
    rough = [plainly(batches), plainly(batches, shaken=1.0), plainly(reverse, shaken=1.0)]
    try:
        _compare(spec, first, losses, last, truth, rough)
    except DisagreementError:
        rough += [
            plainly(batches, shaken=strength, seed=seed) for strength in STRENGTHS for seed in range(SHAKEN)
        ]
        _compare(spec, first, losses, last, truth, rough)


def _compare(
    spec: RunSpec,
    first: Mapping[str, Tensor],
    losses: Sequence[float],
    last: Checkpoint,
    truth: trainer.Trained,
    rough: Sequence[trainer.Trained],
) -> None:
    doubtful = {
        name: torch.stack([one.doubtful[name] for one in (truth, *rough)]).any(0) for name in truth.doubtful
    }
    _close(
        spec,
        "losses",
        torch.tensor(losses),
        torch.tensor(truth.losses),
        [torch.tensor(one.losses) for one in rough],
    )
    for name, tensor in last.weights.items():
        moved = float((truth.weights[name].double() - first[name].double()).abs().max())
        _close(
            spec,
            name,
            tensor,
            truth.weights[name],
            [one.weights[name] for one in rough],
            moved,
            doubtful.get(name),
        )
    for name, tensor in truth.memory.items():
        ours = last.state[f"step.optimizer.{name}"]
        _close(
            spec,
            name,
            ours,
            tensor,
            [one.memory[name] for one in rough],
            None,
            doubtful[name.rpartition(".")[0]],
        )


def first_weights(spec: RunSpec) -> dict[str, Tensor]:
    """What a run begins with: drawn from its seed, or, as if another run had learned it, from the next one."""
    seed = spec.train.seed + isinstance(spec.network.initialisation, FromRun)
    return build_network(spec.network, generator_for(seed, "weights")).state_dict()


def lab_run(
    spec: RunSpec,
    data: Dataset,
    interrupted_at: int | None = None,
    rates: Mapping[int, float] | None = None,
) -> tuple[list[float], Checkpoint]:
    """The losses of a run, and its last checkpoint; interrupted before a step, and resumed, if asked for.

    `rates` are learning rates that it is told before the steps of these numbers.
    """
    told: dict[int, list[Message]] = {
        step: [SetLearningRate(learning_rate=rate)] for step, rate in (rates or {}).items()
    }
    resume: Checkpoint | None = None
    losses: list[float] = []
    done = 0
    if interrupted_at is not None:
        before = {step: messages for step, messages in told.items() if step <= interrupted_at}
        before[interrupted_at] = [*before.get(interrupted_at, ()), Stop()]
        losses, resume = _until_the_end(spec, data, None, _before_steps(before))
        done = interrupted_at
        told = {step: messages for step, messages in told.items() if step > interrupted_at}
    later = _before_steps({step - done: messages for step, messages in told.items()})
    more, last = _until_the_end(spec, data, resume, later)
    return losses + more, last


def _until_the_end(
    spec: RunSpec, data: Dataset, resume: Checkpoint | None, inbox: Callable[[], Sequence[Message]]
) -> tuple[list[float], Checkpoint]:
    learned = first_weights(spec) if isinstance(spec.network.initialisation, FromRun) else None
    losses: list[float] = []
    last: Checkpoint | None = None
    for event in train(spec, data, resume, inbox, learned):
        if isinstance(event, StepsDone):
            losses += event.losses
        elif isinstance(event, Checkpoint):
            last = event
        elif isinstance(event, Started) and (faults := [n for n in event.notes if isinstance(n, PlainSteps)]):
            raise DisagreementError(f"{faults[0].fault}\n{spec.model_dump_json()}")
        elif isinstance(event, Failed):
            raise DivergedError(failure(event.cause, event.step))
    assert last is not None
    return losses, last


def _before_steps(told: Mapping[int, Sequence[Message]]) -> Callable[[], Sequence[Message]]:
    """An inbox that is asked before every step, as steps are counted one by one, and counts them from 0."""
    asked = itertools.count()

    def inbox() -> Sequence[Message]:
        step = next(asked)
        return [*([] if step else [StepOnce(steps=1_000)]), *told.get(step, ())]

    return inbox


def _batches(spec: RunSpec, data: Dataset) -> tuple[list[tuple[Tensor, Tensor]], int]:
    samples = draw_samples(spec.data, spec.train.seed, data, torch.device("cpu"))
    size = min(spec.train.batch_size, len(samples.train))
    batches: list[tuple[Tensor, Tensor]] = []
    for epoch in range(spec.train.epochs):
        order = epoch_order(samples.train, size, spec.train.seed, epoch)
        batches += [(samples.images[rows], samples.labels[rows]) for rows in order.split(size)]
    return batches, len(batches) // spec.train.epochs


def _close(
    spec: RunSpec,
    what: str,
    ours: Tensor,
    truth: Tensor,
    rough: Sequence[Tensor],
    moved: float | None = None,
    doubtful: Tensor | None = None,
) -> None:
    exact = truth.double()
    sure = torch.ones_like(exact) if doubtful is None else (~doubtful).double()
    scale = float(exact.abs().max()) if moved is None else moved
    rounding = max(float(((one.double() - exact) * sure).abs().max()) for one in rough)
    allowed = TIMES * rounding + SHARE * scale + NOTHING
    apart = float(((ours.double() - exact) * sure).abs().max())
    if not apart <= allowed:
        raise DisagreementError(
            f"{what}: {apart:.3g} apart, {allowed:.3g} allowed, of {scale:.3g}\n{spec.model_dump_json()}"
        )


def same_bits(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    """Whether two sets of tensors are equal to the last bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
