"""Weights as a run saves them."""

from __future__ import annotations

from pathlib import Path

import torch

from lab.network.build import build_network
from lab.network.weights import save
from lab.spec import RunSpec

RUN = "amber-finch-k3v7qa"


def saved(path: Path, spec: RunSpec, weights: dict[str, torch.Tensor] | None = None, **metadata: str) -> None:
    network = build_network(spec.network)
    save(path, weights or network.state_dict(), {"spec": spec.model_dump_json(), **metadata})
