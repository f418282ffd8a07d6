"""Answers of a trained network to framed drawings.

Owns loading a model once (a shipped one, a run's, a file's) and the tensor path from pixels to
probabilities. Whether a drawing is a digit at all is asked of `lab.models.outliers`. Knows no page and no picture file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lab.ink.drawing import Drawing, Ink
from lab.ink.framing import Framing, frame
from lab.ink.segmentation import Glyph, split_digits
from lab.models.loading import Model, ModelError, load_model, run_missing
from lab.models.outliers import OutlierVerdict, Refusal, verdicts
from lab.paths import is_run_id, run_folder

EPOCHS_SHOWN = 60


@dataclass(frozen=True)
class Prediction:
    """What a model says to one drawing.

    `margin` is the best probability minus the second; `refusal` says why `is_digit` is False, else None;
    `surprise` is 0 for a usual digit, 1 at the limit beyond which nothing is called a digit.
    """

    digit: int
    probabilities: tuple[float, ...]
    margin: float
    is_digit: bool
    refusal: Refusal | None
    surprise: float


def inputs(model: Model, framings: Sequence[Framing]) -> Tensor:
    """The batch the model sees, in its own normalisation unless that step was switched off.

    Shapes: (N, 1, 28, 28).
    """
    pixels = torch.from_numpy(np.stack([framing.pixels for framing in framings])).unsqueeze(1)
    raw = torch.tensor([not framing.normalisation for framing in framings]).view(-1, 1, 1, 1)
    values: Tensor = model.normalisation(pixels)
    return torch.where(raw, pixels, values)


def answers(model: Model, framings: Sequence[Framing]) -> tuple[Prediction, ...]:
    """What the model says to each drawing, in one batch."""
    if not framings:
        return ()
    with torch.inference_mode():
        shares = model.network(inputs(model, framings)).double().softmax(1).tolist()
    return tuple(_answer(row, verdict) for row, verdict in zip(shares, verdicts(framings), strict=True))


def answer(model: Model, framing: Framing) -> Prediction:
    """What the model says to one drawing."""
    return answers(model, (framing,))[0]


def _answer(probabilities: list[float], verdict: OutlierVerdict) -> Prediction:
    ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__, reverse=True)
    margin = probabilities[ranked[0]] - probabilities[ranked[1]]
    shares = tuple(probabilities)
    return Prediction(ranked[0], shares, margin, verdict.is_digit, verdict.refusal, verdict.surprise)


def read_number(model: Model, source: Drawing | Ink) -> tuple[tuple[Glyph, Prediction], ...]:
    """The digits of a number in reading order, each with its place and what the model says to it."""

    def likeness(pieces: Sequence[Drawing | Ink]) -> tuple[float, ...]:
        framings = [frame(piece, stages=False) for piece in pieces]
        return tuple(-verdict.surprise for verdict in verdicts(framings))

    glyphs = split_digits(source, likeness)
    framings = [frame(glyph.source, stages=False) for glyph in glyphs]
    return tuple(zip(glyphs, answers(model, framings), strict=True))


def through_training(run_id: str, framing: Framing, home: Path) -> list[tuple[int, Prediction]]:
    """What a run said to this drawing after each epoch whose weights are kept, at most 60 of them.

    Epochs that cannot be read (just deleted, diverged) are left out. Raises: ModelError, for no such run.
    """
    if not is_run_id(run_id) or not run_folder(home, run_id).is_dir():
        raise ModelError(run_missing(run_id, home))
    kept = run_folder(home, run_id).glob("epoch-*.safetensors")
    epochs = sorted(int(number) for path in kept if (number := path.stem.removeprefix("epoch-")).isdecimal())
    step = max(1, math.ceil(len(epochs) / EPOCHS_SHOWN))
    lines = []
    for epoch in sorted({*epochs[::step], *epochs[-1:]}):
        try:
            lines.append((epoch, answer(load_model(f"{run_id}@{epoch}", home), framing)))
        except ModelError:
            continue
    return lines
