"""What is no digit and is called one all the same: `python -m bench.strangers`.

Measures the false confidence of the CNN alone and behind the judge, and the judge against other methods on
letters and symbols that none of them was fitted on. MNIST is read from LAB_HOME.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from bench import ship
from bench.ink import framed
from bench.row import Row, show
from lab.data import load
from lab.ink.drawing import Drawing, parse_drawing
from lab.ink.framing import Framing, frame
from lab.models.answers import answers
from lab.models.loading import load_model
from lab.models.outliers import judge_head, shipped_judge
from lab.models.shipped import DEFAULT, JUDGE
from lab.paths import lab_home
from tests.support import non_digits
from tests.support.pen import pen_digits

KNOWN, TESTED = 8_000, 3_000
REFUSED = 0.02  # methods are compared where each refuses this share of digits
Score = Callable[[Tensor, Tensor], Tensor]


def drawings() -> dict[str, list[Framing]]:
    """What the lab may be shown, by kind; the last two are digits."""
    generator = np.random.default_rng(12345)
    letters, symbols = non_digits.LETTERS, non_digits.SYMBOLS
    kinds = {
        "blank canvas": [frame(Drawing(()), stages=False)],
        "dots": [frame(parse_drawing([[[140, 140]]], brush=b), stages=False) for b in (4, 8, 20, 32)],
        "letters": [framed(non_digits.letter(k, generator)) for k in letters for _ in range(20)],
        "symbols": [framed(non_digits.symbol(k, generator)) for k in symbols for _ in range(20)],
        "scribbles": [framed(non_digits.scribble(generator)) for _ in range(400)],
        "noise": [frame(non_digits.noise(generator), stages=False) for _ in range(100)],
    }
    data = load("mnist", lab_home())
    kinds["MNIST test digits"] = [
        frame(image / np.float32(255), stages=False) for image in data.test_images[:TESTED]
    ]
    kinds["pen digits"] = [framed(one.strokes) for one in pen_digits()]
    return kinds


def false_confidence() -> Iterator[Row]:
    """How often the CNN is sure alone, and sure behind the judge."""
    model = load_model(DEFAULT)
    for kind, some in drawings().items():
        found = [one for i in range(0, len(some), 500) for one in answers(model, some[i : i + 500])]
        if not found:
            continue
        sure = np.mean([max(one.probabilities) > 0.9 for one in found])
        called = np.mean([one.is_digit for one in found])
        both = np.mean([one.is_digit and max(one.probabilities) > 0.9 for one in found])
        shown = f"{sure:.1%} above 90 % alone; {called:.1%} called a digit, {both:.1%} with above 90 %"
        yield Row(f"Strangers: {kind} ({len(found):,})", shown)


def methods() -> Iterator[Row]:
    """What each method still calls a digit when it refuses 2 % of digits."""
    data, model, shipped = load("mnist", lab_home()), load_model(DEFAULT), shipped_judge(JUDGE)

    def seen(pictures: np.ndarray) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            values = model.normalisation(torch.from_numpy(pictures)[:, None])
            hidden = torch.cat([shipped.hidden(some) for some in torch.split(values, 500)])
            return hidden, model.network[-1](hidden)

    known, _ = seen(np.array(data.train_images[:KNOWN], dtype=np.float32) / 255)
    labels = torch.from_numpy(np.array(data.train_labels[:KNOWN])).long()
    means = torch.stack([known[labels == digit].mean(0) for digit in range(10)])
    apart = known - means[labels]
    inverse = torch.linalg.inv(apart.T @ apart / KNOWN + 1e-3 * torch.eye(known.shape[1]))
    symbols = list(non_digits.SYMBOLS)
    weights, _ = ship.fit_judge(data, non_digits.FIT_LETTERS, symbols[::2])
    head = judge_head(known.shape[1])
    head.load_state_dict(weights)

    def mahalanobis(h: Tensor, logits: Tensor) -> Tensor:
        away = h[:, None] - means
        return -torch.einsum("nki,ij,nkj->nk", away, inverse, away).amin(1)

    scores: dict[str, Score] = {
        "largest probability": lambda h, logits: logits.softmax(1).amax(1),
        "largest logit": lambda h, logits: logits.amax(1),
        "energy": lambda h, logits: logits.logsumexp(1),
        "Mahalanobis distance": mahalanobis,
        "5th nearest training image": lambda h, logits: -torch.cdist(h, known).kthvalue(5, dim=1).values,
        "judge fitted with outliers": lambda h, logits: head(h)[:, 0].detach(),
    }
    pen = [framed(one.strokes).pixels for one in pen_digits()]
    images = np.array(data.test_images[:TESTED], dtype=np.float32) / 255
    usual = seen(np.stack(pen) if pen else images)
    others = ship.strangers(non_digits.TEST_LETTERS, symbols[1::2], 20, 77)
    test = {kind: seen(some) for kind, some in others.items()}
    for name, score in scores.items():
        limit = torch.quantile(score(*usual), REFUSED)
        passed = [f"{kind} {(score(*some) >= limit).float().mean():.1%}" for kind, some in test.items()]
        yield Row(f"Strangers called digits, refusing {REFUSED:.0%} of digits by {name}", ", ".join(passed))


if __name__ == "__main__":
    torch.set_num_threads(1)
    show(false_confidence())
    show(methods())
