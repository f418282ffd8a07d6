"""One spec trained by the lab and by the second engine: the same, as closely as float32 allows, or not.

What float32 allows is measured: the second engine trains once in float64, which is taken for the truth, and twice in
float32, the second time with each batch's samples in reverse; the lab may be some times as far from the truth as those
are, and a little.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from lab.data import Dataset
from lab.events import Checkpoint, Message, Pause, Started, StepOnce, StepsDone, Stop
from lab.network import build_network
from lab.samples import draw_samples, epoch_order, generator_for
from lab.spec import RunSpec
from lab.training import train
from tests.differential import trainer

TIMES = 30  # as far from the truth as plain float32, and half a per cent of what training changed
SHARE = 5e-3
NOTHING = 1e-6


class DisagreementError(AssertionError):
    """The lab and the second engine do not agree; says where, by how much, and for which spec."""


def agrees(spec: RunSpec, data: Dataset, interrupted_at: int | None = None) -> None:
    """Trains and compares losses, weights, running statistics and the optimizer's memory.

    Raises: DisagreementError.
    """
    first = build_network(spec.network, generator_for(spec.train.seed, "weights")).state_dict()
    losses, last = lab_run(spec, data, interrupted_at)
    batches, per_epoch = _batches(spec, data)
    plain = json.loads(spec.model_dump_json())
    reverse = [(images.flip(0), labels.flip(0)) for images, labels in batches]
    truth = trainer.train(plain, first, batches, per_epoch, torch.float64)
    rough = [trainer.train(plain, first, order, per_epoch, torch.float32) for order in (batches, reverse)]
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
            truth.doubtful.get(name),
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
            truth.doubtful[name.rpartition(".")[0]],
        )


def lab_run(
    spec: RunSpec, data: Dataset, interrupted_at: int | None = None
) -> tuple[list[float], Checkpoint]:
    """The losses of a run, and its last checkpoint; interrupted before a step, and resumed, if asked for."""
    resume: Checkpoint | None = None
    losses: list[float] = []
    if interrupted_at is not None:
        losses, resume = _until_the_end(spec, data, None, _pause_before(interrupted_at))
    more, last = _until_the_end(spec, data, resume, lambda: ())
    return losses + more, last


def _until_the_end(
    spec: RunSpec, data: Dataset, resume: Checkpoint | None, inbox: Callable[[], Sequence[Message]]
) -> tuple[list[float], Checkpoint]:
    losses: list[float] = []
    last: Checkpoint | None = None
    for event in train(spec, data, resume, inbox):
        if isinstance(event, StepsDone):
            losses += event.losses
        elif isinstance(event, Checkpoint):
            last = event
        elif isinstance(event, Started) and "fast way" in event.notice:
            raise DisagreementError(f"{event.notice}\n{spec.model_dump_json()}")
    assert last is not None
    return losses, last


def _pause_before(step: int) -> Callable[[], Sequence[Message]]:
    told: list[Sequence[Message]] = (
        [[StepOnce(step)], *[()] * (step - 1), [Stop()]] if step else [[Pause(), Stop()]]
    )
    return lambda: told.pop(0) if told else ()


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
