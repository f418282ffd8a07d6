"""Makes the checkpoints that ship with the lab: `python -m bench.ship document-mlp augmented-mlp cnn judge`.

Each network is trained by the lab's own engine from lab/models/NAME.json, on one thread, so that the same
seed gives the same weights; `judge` is then fitted on the CNN's last hidden layer. Needs MNIST in LAB_HOME.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.data import Dataset, load
from lab.events import Checkpoint, EpochDone, Failed, Finished
from lab.ink.drawing import unit_drawing
from lab.ink.framing import frame
from lab.models.outliers import hidden_part, judge_head
from lab.models.shipped import DEFAULT, JUDGE, SHIPPED
from lab.network.build import build_network
from lab.network.weights import load as load_weights
from lab.network.weights import save
from lab.parts.normalisation import NORMALISATIONS
from lab.paths import lab_home
from lab.runs.wording import data_stand_in
from lab.spec import parse_spec
from lab.training.augmenting import augmented
from lab.training.loop import train
from tests.support import non_digits

DIGITS = 10_000
REFUSED = 0.04  # the share of MNIST's varied training digits that the judge may refuse
SEED = 4
EPOCHS = 12


def ship(name: str, data: Dataset) -> None:
    """Trains one network from its spec and writes its weights beside it."""
    shipped = SHIPPED[name]
    spec = parse_spec(shipped.spec_path.read_text())
    for event in train(spec, data):
        if isinstance(event, EpochDone):
            print(f"{name}: epoch {event.epoch}, training loss {event.train_loss:.4f}", flush=True)
        elif isinstance(event, Checkpoint):
            last = event
        elif isinstance(event, Finished):
            print(f"{name}: test accuracy {event.test_accuracy:.2%} in {event.elapsed_s:.0f} s", flush=True)
        elif isinstance(event, Failed):
            raise SystemExit(f"{name}: {event}")
    metadata = {"spec": spec.model_dump_json(), "epoch": str(last.epoch), "step": str(last.step)}
    save(shipped.path, last.weights, metadata)


def strangers(letters: str, symbols: str | list[str], count: int, seed: int) -> dict[str, np.ndarray]:
    """Framed pictures of what is no digit, by kind. Shapes: (N, 28, 28)."""
    generator = np.random.default_rng(seed)

    def framed(value: list[list[list[float]]]) -> np.ndarray:
        drawing = unit_drawing(value, brush=float(generator.uniform(8, 32)))
        return frame(drawing, stages=False).pixels

    kinds = {
        "letters": [framed(non_digits.letter(k, generator)) for k in letters for _ in range(count)],
        "symbols": [framed(non_digits.symbol(k, generator)) for k in symbols for _ in range(count)],
        "scribbles": [framed(non_digits.scribble(generator)) for _ in range(10 * count)],
        "noise": [frame(non_digits.noise(generator), stages=False).pixels for _ in range(3 * count)],
    }
    return {kind: np.stack(pictures) for kind, pictures in kinds.items()}


def pairs(images: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Two digits side by side, framed as one. Shapes: (count, 28, 28)."""
    generator = np.random.default_rng(seed)
    chosen = generator.integers(0, len(images), (count, 2))
    wide = [np.hstack([images[a][:, 4:24], images[b][:, 4:24]]) for a, b in chosen]
    return np.stack([frame(np.divide(both, 255, dtype=np.float32), stages=False).pixels for both in wide])


def fit_judge(
    data: Dataset, letters: str, symbols: list[str], count: int = 100
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The judge's weights and its figures, fitted on digits against what is no digit."""
    tensors, metadata = load_weights(SHIPPED[DEFAULT].path)
    spec = parse_spec(metadata["spec"])
    network = build_network(spec.network).eval()
    network.load_state_dict(tensors)
    hidden, normalisation = hidden_part(network), NORMALISATIONS[spec.data.normalisation]

    def seen(pixels: Tensor) -> Tensor:
        with torch.inference_mode():
            return torch.cat([hidden(normalisation(some[:, None])) for some in pixels.split(500)]).clone()

    digits = torch.from_numpy(np.array(data.train_images[:DIGITS]))
    varied = augmented(digits, spec.data.augmentations, torch.Generator().manual_seed(SEED))
    inside = seen(torch.cat([digits, varied]).float() / 255)
    others = strangers(letters, symbols, count, SEED)
    others["pairs"] = pairs(np.array(data.train_images[:DIGITS]), 5 * count, SEED)
    outside = torch.cat([seen(torch.from_numpy(pictures)) for pictures in others.values()])
    judge = _fitted(inside, outside)
    with torch.no_grad():
        scores = judge(inside)[:, 0]
    limit, usual = torch.quantile(scores, torch.tensor([REFUSED, 0.5])).tolist()
    return judge.state_dict(), {"limit": str(limit), "usual": str(usual)}


def _fitted(inside: Tensor, outside: Tensor) -> nn.Sequential:
    """A head of one hidden layer that is positive on `inside`, the scaling of its inputs folded in."""
    x = torch.cat([inside, outside])
    y = torch.cat([torch.ones(len(inside)), torch.zeros(len(outside))])
    weight = torch.where(y > 0, 1.0, 0.5 * len(inside) / len(outside))
    mean, std = x.mean(dim=0), x.std(dim=0) + 1e-3
    x = (x - mean) / std
    torch.manual_seed(SEED)
    judge = judge_head(x.shape[1])
    optimizer = torch.optim.AdamW(judge.parameters(), lr=3e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for some in torch.randperm(len(x)).split(256):
            optimizer.zero_grad()
            score = judge(x[some])[:, 0]
            functional.binary_cross_entropy_with_logits(score, y[some], weight=weight[some]).backward()
            optimizer.step()
        schedule.step()
    first = judge[0]
    assert isinstance(first, nn.Linear)
    with torch.no_grad():
        first.weight /= std
        first.bias.sub_(first.weight @ mean)
    return judge


def ship_judge(data: Dataset) -> None:
    """Fits the judge on all letters and symbols and writes it beside the CNN."""
    weights, figures = fit_judge(data, "".join(non_digits.LETTERS), list(non_digits.SYMBOLS))
    save(JUDGE, weights, figures)
    print(f"judge: {figures}")


def main() -> None:
    """Makes what is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*SHIPPED, "judge"])
    names = parser.parse_args().names
    torch.set_num_threads(1)
    data = load("mnist", lab_home())
    if data.stand_in:
        raise SystemExit(data_stand_in(data.stand_in))
    for name in names:
        if name == "judge":
            ship_judge(data)
        else:
            ship(name, data)


if __name__ == "__main__":
    main()
