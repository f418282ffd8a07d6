"""What a run would need, estimated before anything is built, and whether that is allowed.

Owns the limits (LAB_MAX_MEMORY_GB, LAB_MAX_HOURS) and the refusal of what exceeds them or cannot run.
Allocates nothing.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from lab.data import DATASETS, at_hand
from lab.machine.device import choose_device
from lab.machine.memory import memory_free_mb, memory_total_mb
from lab.network.report import LayerReport, layer_reports, misfits
from lab.network.transfer import hindrances
from lab.parts.initialisations import FromRun
from lab.parts.layers import BatchNorm, Residual
from lab.paths import is_run_id
from lab.registry import FieldError, SpecError
from lab.spec import RunSpec, changed
from lab.texts import Text, said
from lab.training.epochs import steps_per_epoch, trained_samples

MEMORY_SWITCH, HOURS_SWITCH = "LAB_MAX_MEMORY_GB", "LAB_MAX_HOURS"
DEFAULT_HOURS = 24.0
MEMORY_SHARE = 0.8  # of the machine's, where no limit is set

# A common server core with its helper, measured on the presets: good for "seconds or hours", not for more.
_FLOPS_PER_S, _BYTES_PER_S, _LAYER_STEP_S = 1.5e11, 1e10, 30e-6
_PASSES = 3  # forward, and twice as much backward
# Measured, in copies of the weights: they and their gradients, recorded and written; each moment of the optimizer;
# and, with early stopping, the best so far.
_COPIES, _COPIES_PER_MOMENT, _COPIES_OF_BEST = 8, 5, 6
_PROCESS_GB = 0.4
_GB = 1e9


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run would need on a processor.

    Units: flops per sample of one forward pass, memory in GB of 10^9 bytes, seconds for an epoch of training.
    """

    parameters: int
    flops: int
    memory_gb: float
    epoch_s: float
    hours: float


def with_data_at_hand(spec: RunSpec, home: Path) -> RunSpec:
    """The spec as it would run now: the bundled digits stand in for data that are not on this machine."""
    usable = at_hand(spec.data.dataset, home)
    return spec if usable == spec.data.dataset else changed(spec, "data.dataset", usable)


def estimate(spec: RunSpec) -> Estimate:
    """The memory and time that a run would take, to within a small factor."""
    reports = layer_reports(spec.network)
    parameters, flops, values = _totals(reports)
    trained = trained_samples(spec.data, DATASETS[spec.data.dataset].sizes[0])
    batch = min(spec.train.batch_size, trained)
    memory = parameters * 4 * _copies(spec) + values * 4 * 2 * batch
    compute = _PASSES * trained * (flops / _FLOPS_PER_S + 4 * values / _BYTES_PER_S)
    epoch_s = compute + steps_per_epoch(trained, batch) * len(reports) * _LAYER_STEP_S
    return Estimate(
        parameters=parameters,
        flops=flops,
        memory_gb=_PROCESS_GB + memory / _GB,
        epoch_s=epoch_s,
        hours=epoch_s * spec.train.epochs / 3600,
    )


def _copies(spec: RunSpec) -> int:
    best = _COPIES_OF_BEST if spec.train.early_stopping else 0
    return _COPIES + spec.train.optimizer.moments * _COPIES_PER_MOMENT + best


def admit(spec: RunSpec) -> Estimate:
    """The estimate of a run that may start.

    Raises: SpecError, with each reason why it may not: a layer that does not fit, settings that exclude each
    other, more memory or time than is allowed.
    """
    errors = misfits(spec.network) or _contradictions(spec)
    if errors:
        raise SpecError(errors)
    needed = estimate(spec)
    memory_gb, hours = _limit(MEMORY_SWITCH, _machine_gb()), _limit(HOURS_SWITCH, DEFAULT_HOURS)
    if needed.memory_gb > memory_gb:
        raise SpecError([_too_large(needed, spec, memory_gb, _ALLOWED)])
    if needed.hours > hours:
        reason = said(
            "training.too_long",
            n=spec.train.epochs,
            needed=needed.hours * 3600,
            allowed=hours * 3600,
            switch=HOURS_SWITCH,
        )
        raise SpecError([FieldError("train.epochs", str(spec.train.epochs), reason)])
    return needed


def admit_here(spec: RunSpec, home: Path) -> Estimate:
    """The estimate of a run that may start now: with the data and runs in this data folder, and the memory left.

    Raises: SpecError, as `admit` does, and where the run is to go on from another that it cannot go on from.
    """
    needed = admit(with_data_at_hand(spec, home))
    free_gb = _in_gb(memory_free_mb())
    if 0 < free_gb < needed.memory_gb:
        raise SpecError([_too_large(needed, spec, free_gb, _FREE)])
    if errors := hindrances(spec, home):
        raise SpecError(errors)
    return needed


def _totals(reports: tuple[LayerReport, ...]) -> tuple[int, int, int]:
    return (
        sum(report.parameters for report in reports),
        sum(report.flops for report in reports),
        sum(report.values for report in reports),
    )


def _contradictions(spec: RunSpec) -> list[FieldError]:
    """Fields that are right alone and cannot be used together, or not on this machine."""
    errors: list[FieldError] = []
    try:
        choose_device(spec.train.device)
    except SpecError as error:
        errors += error.errors
    if spec.train.early_stopping and not spec.data.validation_share:
        errors.append(FieldError("data.validation_share", "0", said("training.nothing_to_watch")))
    if spec.train.batch_size == 1:
        errors += [
            FieldError("train.batch_size", "1", said("training.batch_of_one"))
            for report, layer in zip(layer_reports(spec.network), spec.network.layers, strict=False)
            # Over one pixel, or a vector, a channel has a single value in such a batch: no variance.
            if isinstance(layer, BatchNorm | Residual) and math.prod((report.out_shape or ())[1:]) == 1
        ][:1]
    return errors + _nothing_to_go_on_from(spec)


def _nothing_to_go_on_from(spec: RunSpec) -> list[FieldError]:
    """Why fine-tuning could not begin, whatever other runs there are."""
    start = spec.network.initialisation
    if not isinstance(start, FromRun):
        return []
    errors = []
    if not is_run_id(start.run):
        reason = said("training.no_run_id", run=start.run)
        errors.append(FieldError("network.initialisation.run", start.run, reason))
    if not any(report.parameters for report in layer_reports(spec.network)[start.frozen :]):
        reason = said("training.all_frozen", n=start.frozen)
        errors.append(FieldError("network.initialisation.frozen", str(start.frozen), reason))
    return errors


# What there is too little of: memory that is allowed, or memory that is free now. What is said where a process alone
# takes more, where the layers do, where the batches do.
_ALLOWED = ("training.allowed.process", "training.allowed.layers", "training.allowed.batches")
_FREE = ("training.free.process", "training.free.layers", "training.free.batches")


def _too_large(needed: Estimate, spec: RunSpec, at_most_gb: float, keys: tuple[str, str, str]) -> FieldError:
    of_process, of_layers, of_batches = keys
    values: dict[str, object] = {
        "needed": _bytes(needed.memory_gb),
        "most": _bytes(at_most_gb),
        "switch": MEMORY_SWITCH,
    }
    if at_most_gb <= _PROCESS_GB:
        return FieldError("", "", Text(of_process, values | {"alone": _bytes(_PROCESS_GB)}))
    values |= {"parameters": needed.parameters, "batch": spec.train.batch_size}
    weights_gb = needed.parameters * 4 * _copies(spec) / _GB
    if weights_gb > at_most_gb / 2:
        return FieldError("network.layers", f"{needed.parameters:,}", Text(of_layers, values))
    return FieldError("train.batch_size", str(spec.train.batch_size), Text(of_batches, values))


def _bytes(gb: float) -> int:
    return round(gb * _GB)


def _limit(switch: str, default: float) -> float:
    given = os.environ.get(switch, "").strip()
    if not given:
        return default
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise SpecError([FieldError(switch, given[:40], said("training.bad_limit", value=given[:40]))])
    return value


def _machine_gb() -> float:
    total = _in_gb(memory_total_mb())
    return MEMORY_SHARE * total if total else float("inf")


def _in_gb(mb: float) -> float:
    """GB of 10^9 bytes from MB of 2^20."""
    return mb * (1 << 20) / _GB
