"""What every layer of a stack takes, gives and costs, and what is wrong with it, without allocating anything.

Owns the reports and the fixes they offer. Knows no data and no training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from lab.data.dataset import CLASSES, IMAGE_SHAPE
from lab.parts.layers import Fix, Flatten, GlobalPool, Layer, LayerMisfit, Linear, Shape
from lab.registry import FieldError
from lab.spec import NetworkSpec
from lab.texts import said, text


@dataclass(frozen=True)
class LayerReport:
    """One row of the stack: what comes in, what goes out, what it costs, and what is wrong with it.

    Where `error` is not empty the layer does not fit; `fix`, if there is one, is the change to offer, and
    the rows below are reported as if it were made. A report whose `index` is one past the last layer
    speaks of the output.

    Shapes: in_shape and out_shape without the batch; out_shape is None where it cannot be known.
    Units: parameters and values in numbers kept, flops per sample of one forward pass (a multiplication
    and an addition are two).
    """

    index: int
    title: str
    in_shape: Shape
    out_shape: Shape | None
    parameters: int = 0
    flops: int = 0
    values: int = 0
    error: str = ""
    fix: Fix | None = None


@dataclass(frozen=True)
class _Cost:
    out_shape: Shape
    parameters: int
    flops: int
    values: int


class _ValuesMade(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the numbers that the operators of a forward pass write: what backward may need."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        out = func(*args, **(kwargs or {}))
        if not func.is_view:
            outputs = out if isinstance(out, tuple | list) else (out,)
            self.count += sum(o.numel() for o in outputs if isinstance(o, Tensor))
        return out


def layer_reports(spec: NetworkSpec) -> tuple[LayerReport, ...]:
    """One report per layer, and one more if the stack does not end in ten logits. Allocates nothing."""
    # The first call in a process takes a second, in which torch imports what it needs for meta tensors.
    reports: list[LayerReport] = []
    shape: Shape | None = IMAGE_SHAPE
    for index, layer in enumerate(spec.layers):
        if shape is None:
            break
        reports.append(_report(index, layer, shape))
        shape = reports[-1].out_shape
    if shape is not None and shape != (CLASSES,):
        last = spec.layers[-1]
        if isinstance(last, Linear) and len(shape) == 1:
            fix = Fix(
                said("network.give_ten_units", n=CLASSES),
                "replace",
                last.model_copy(update={"units": CLASSES}),
            )
            reason = text("network.wrong_logits", n=CLASSES, got=shape[0])
            if not reports[-1].error:  # the layer's own reason comes first
                reports[-1] = replace(reports[-1], error=reason, fix=fix)
        else:
            reports.append(_output_report(len(spec.layers), shape))
    return tuple(reports)


def misfits(spec: NetworkSpec) -> list[FieldError]:
    """Each layer that does not fit, with the reason and the fix; empty if the network can be built."""
    return [
        FieldError(
            f"network.layers.{report.index}" if report.index < len(spec.layers) else "network.layers",
            report.title,
            _with_fix(report),
        )
        for report in layer_reports(spec)
        if report.error
    ]


def _with_fix(report: LayerReport) -> str:
    if report.fix is None:
        return report.error
    return text("network.with_fix", error=report.error, fix=report.fix.title)


def _output_report(index: int, shape: Shape) -> LayerReport:
    """What is missing behind the last layer."""
    missing: Layer = Linear(units=CLASSES, activation="identity")
    if len(shape) == 3:
        missing = Flatten()
    elif len(shape) == 2:
        missing = GlobalPool()
    reason = text("network.wrong_end", n=CLASSES, shape=shape)
    return LayerReport(
        index,
        text("network.output"),
        shape,
        None,
        error=reason,
        fix=Fix(said("network.add", layer=missing.title), "insert_before", missing),
    )


def _report(index: int, layer: Layer, shape: Shape) -> LayerReport:
    try:
        cost = _cost(layer, shape)
    except LayerMisfit as misfit:
        out_shape = _shape_when_fixed(misfit.fix, layer, shape)
        return LayerReport(
            index, str(layer.title), shape, out_shape, error=str(misfit.reason), fix=misfit.fix
        )
    return LayerReport(
        index, str(layer.title), shape, cost.out_shape, cost.parameters, cost.flops, cost.values
    )


def _shape_when_fixed(fix: Fix | None, layer: Layer, shape: Shape) -> Shape | None:
    if fix is None:
        return None
    try:
        for fixed in fix.applied((layer,), 0):
            shape = _cost(fixed, shape).out_shape
    except LayerMisfit:
        return None
    return shape


@lru_cache(maxsize=4096)
def _cost(layer: Layer, shape: Shape) -> _Cost:
    """What the layer makes of `shape`, found on the meta device.

    Raises: LayerMisfit.
    """
    batch = 2  # normalisation over a batch of one is refused
    values = _ValuesMade()
    try:
        with torch.device("meta"), torch.no_grad():
            module = layer.build(shape)
            samples = torch.empty(batch, *shape)
            with FlopCounterMode(display=False) as flops, values:
                out = module(samples)
    except (RuntimeError, ValueError) as error:
        if isinstance(error, LayerMisfit):
            raise
        raise LayerMisfit(said("network.not_taken", layer=layer.title, shape=shape, reason=error)) from None
    out_shape = tuple(out.shape[1:])
    if math.prod(out_shape) == 0:
        raise LayerMisfit(said("network.nothing_left", shape=shape))
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return _Cost(out_shape, parameters, flops.get_total_flops() // batch, values.count // batch)
