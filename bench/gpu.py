"""The document's MLP on a CUDA device: ten epochs of the lab beside the document's own loop there.

python -m bench.gpu [--rounds N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.contender import Contender
from bench.product import epochs_s
from bench.row import Row, show
from tests.support.served import copy_mnist

EPOCHS = 10
WHAT = "Document's MLP, batch 100, one CUDA device"


def measure(home: Path, rounds: int) -> Iterator[Row]:
    """Ten epochs of the lab and one of the document's loop, in turns; of each the fastest counts."""
    runs: list[list[float]] = []
    document: list[float] = []
    with Contender("document_loop", str(home), "document-mlp", "60000", "cuda", env={}) as loop:
        for _ in range(rounds):
            runs.append(epochs_s(home, "document-mlp", EPOCHS))
            document.append(loop.epoch())
    ten = min(sum(run) for run in runs)
    epoch = min(min(run) for run in runs)
    yield Row(f"{WHAT}: ten epochs of the lab", f"{ten:.2f} s", "< 1 s", ten < 1.0)
    ratio = min(document) / epoch
    yield Row(
        f"{WHAT}: the document's own loop",
        f"{min(document):.2f} s an epoch, the lab {epoch:.3f} s: {ratio:.0f} x as fast",
        ">= 60 x",
        ratio >= 60,
    )


def main() -> int:
    """Measures and prints; says so where there is no CUDA device."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not torch.cuda.is_available():
        show([Row(WHAT, "no CUDA device here: `python -m bench.gpu` stands ready")])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if not copy_mnist(home):
            print("no MNIST to measure with: name its folder in LAB_TEST_DATA", file=sys.stderr)
            return 1
        show(measure(home, given.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
