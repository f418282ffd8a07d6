"""Whether a drawing is a digit at all, so that no network has to answer with false confidence.

Owns the checks: enough ink, then a judge that looks at the shipped CNN's last hidden layer. A network's own
certainty does not help here: a letter gets 99 % of an 8. The judge is a second, small head on that layer,
fitted on digits against letters, scribbles, symbols and noise; bench/strangers.py measures it against other methods.
It judges the drawing, so it speaks for every model alike.

Source: outlier exposure, Hendrycks et al. 2019, ICLR
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from lab.ink.framing import Framing
from lab.models.shipped import DEFAULT, JUDGE, SHIPPED
from lab.network.build import build_network
from lab.network.weights import load
from lab.parts.normalisation import NORMALISATIONS, Normalisation
from lab.spec import parse_spec

LEAST_EXTENT = 1.2  # paths shorter than this many line widths are dots
MOST_COVERAGE = 0.6
HEAD_UNITS = 32
MAX_BYTES = 2_000_000

Refusal = Literal["empty", "dot", "full", "strange"]


@dataclass(frozen=True)
class OutlierVerdict:
    """Whether a drawing is called a digit; why not; and how far it is on the way there (1 is the limit)."""

    is_digit: bool
    refusal: Refusal | None
    surprise: float


@dataclass(frozen=True, eq=False)
class Judge:
    """A head on the hidden layer: what scores above `limit` is a digit; `usual` is the median of digits."""

    hidden: nn.Sequential
    normalisation: Normalisation
    head: nn.Sequential
    limit: float
    usual: float

    def scores(self, pixels: Tensor) -> Tensor:
        """How much each picture is like a digit. Shapes: pixels (N, 1, 28, 28), 0 to 1 -> (N,)."""
        score: Tensor = self.head(self.hidden(self.normalisation(pixels)))
        return score[:, 0]


def judge_head(features: int) -> nn.Sequential:
    """The judge's own layers, untrained."""
    return nn.Sequential(nn.Linear(features, HEAD_UNITS), nn.ReLU(), nn.Linear(HEAD_UNITS, 1))


def verdicts(framings: Sequence[Framing]) -> tuple[OutlierVerdict, ...]:
    """The verdict on each drawing, in one batch."""
    judge = shipped_judge(JUDGE)
    pixels = torch.from_numpy(np.stack([framing.pixels for framing in framings])).unsqueeze(1)
    with torch.inference_mode():
        scores = judge.scores(pixels).tolist()
    return tuple(_verdict(*pair, judge) for pair in zip(framings, scores, strict=True))


def _verdict(framing: Framing, score: float, judge: Judge) -> OutlierVerdict:
    if framing.is_empty:
        return OutlierVerdict(False, "empty", 1.0)
    if framing.extent < LEAST_EXTENT:
        return OutlierVerdict(False, "dot", 1.0)
    if framing.coverage > MOST_COVERAGE:
        return OutlierVerdict(False, "full", 1.0)
    surprise = max(0.0, (judge.usual - score) / max(judge.usual - judge.limit, 1e-6))
    return OutlierVerdict(score >= judge.limit, None if score >= judge.limit else "strange", surprise)


def hidden_part(network: nn.Sequential) -> nn.Sequential:
    """The network without its last layer: what it sees before it decides."""
    return nn.Sequential(*list(network)[:-1])


@lru_cache(maxsize=2)
def shipped_judge(path: Path) -> Judge:
    """The judge that ships with the lab, on the hidden layer of the shipped CNN."""
    tensors, metadata = load(SHIPPED[DEFAULT].path, MAX_BYTES)
    spec = parse_spec(metadata["spec"])
    network = build_network(spec.network).eval().requires_grad_(False)
    network.load_state_dict(tensors)
    weights, figures = load(path, MAX_BYTES)
    head = judge_head(weights["0.weight"].shape[1]).eval().requires_grad_(False)
    head.load_state_dict(weights)
    return Judge(
        hidden_part(network),
        NORMALISATIONS[spec.data.normalisation],
        head,
        float(figures["limit"]),
        float(figures["usual"]),
    )
