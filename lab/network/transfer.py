"""Fine-tuning: a network that goes on from what another has learned, its first layers frozen if wanted.

Owns which weights fit, and what is wrong where none do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor, nn

from lab.events import WeightsCopied
from lab.network import weights
from lab.network.report import layer_reports
from lab.parts.initialisations import FromRun, Initialisation
from lab.paths import is_run_id, latest_weights
from lab.registry import FieldError, SpecError
from lab.spec import NetworkSpec, RunSpec
from lab.texts import said

_FIELD = "network.initialisation"
_NONE_FITS = said("network.none_fits")


def hindrances(spec: RunSpec, home: Path) -> tuple[FieldError, ...]:
    """What keeps a run from going on from another one: no such run, no weights yet, or none that fit."""
    start = spec.network.initialisation
    if not isinstance(start, FromRun) or not is_run_id(start.run):
        return ()
    try:
        there = weights.shapes(latest_weights(home, start.run))
    except (OSError, weights.WeightsError) as error:
        reason = said("network.unusable_weights", run=start.run, reason=error)
        if isinstance(error, FileNotFoundError):
            reason = said("network.no_weights", run=start.run)
    else:
        here = _shapes(spec.network)
        if here is None or here.items() & there.items():
            return ()
        reason = _NONE_FITS
    return (FieldError(f"{_FIELD}.run", start.run, reason),)


@lru_cache(maxsize=64)
def _shapes(spec: NetworkSpec) -> dict[str, tuple[int, ...]] | None:
    """The shape of each tensor of a network, found on the meta device; None where the layers do not fit."""
    reports = layer_reports(spec)
    if any(report.error for report in reports):
        return None
    with torch.device("meta"):
        network = nn.Sequential(
            *(one.build(at.in_shape) for one, at in zip(spec.layers, reports, strict=True))
        )
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def take_over(network: nn.Module, learned: Mapping[str, Tensor]) -> WeightsCopied:
    """Copies every tensor that fits by name and shape, and says how many did.

    Raises: SpecError, when none does.
    """
    own = network.state_dict()
    fitting = {
        name: tensor for name, tensor in learned.items() if name in own and own[name].shape == tensor.shape
    }
    if not fitting:
        raise SpecError([FieldError(f"{_FIELD}.run", "", _NONE_FITS)])
    with torch.no_grad():
        for name, tensor in fitting.items():
            own[name].copy_(tensor)
    return WeightsCopied(copied=len(fitting), tensors=len(own))


def freeze(network: nn.Sequential, start: Initialisation) -> None:
    """Keeps the first layers' weights as they were taken over.

    Raises: SpecError, when nothing would be left to train.
    """
    count = start.frozen if isinstance(start, FromRun) else 0
    for layer in list(network)[:count]:
        layer.requires_grad_(False)
    if not any(parameter.requires_grad for parameter in network.parameters()):
        message = said("network.all_frozen", n=count, layers=len(network))
        raise SpecError([FieldError(f"{_FIELD}.frozen", str(count), message)])
