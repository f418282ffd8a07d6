"""What each part of the fast step is worth: how much longer a step takes with it switched off.

python -m bench.ablation [--rounds N] [--only mlp|cnn] [--parts NAME ...]

Two trainings of one process take turns of some hundredths of a second, one of them without the part, for a machine's
speed drifts, and processes differ by luck. Where a training's memory lies is luck too: each round makes both anew, at
other places, and the median of the rounds' ratios counts, its 95 % interval beside it. The row "nothing" is the whole
against another whole: what it shows is chance. Only the steps are measured, without runner and store, which are the
same for all.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.contender import ONE_CORE
from bench.row import Row, show
from lab.runner.process import training_environment
from tests.support.served import copy_mnist

# Preset, steps of a turn, turns of a round; with fewer steps the helper's thread has not yet woken up.
NETS = {"mlp": ("document-mlp", 30, 24), "cnn": ("small-cnn", 8, 24)}
WORTH_KEEPING = 3.0  # per cent, on one net or the other
NOTHING = "nothing"


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _switches() -> dict[str, list[tuple[Any, str, Any]]]:
    """What is put in place of what while a training without a part is made, by that part."""
    from torch import nn

    import lab.parts.layers.torch_modules
    from lab.steps import calls, captured, halves, helper, memory, products, replay, update

    def alone(first: Any, second: Any, both: Any = None) -> None:
        (both or (lambda: (first(), second())))()

    def recorded(operations: Any, *_: Any) -> Any:
        return operations

    return {
        NOTHING: [],
        "record": [(captured.CapturedStep.__init__, "__defaults__", (0,))],
        "take over memory": [(memory.Memories, "overwritable", _nothing)],
        "pool shortcuts": [(replay, "shortened", recorded)],
        "flat update": [(update, "can_be_flat", lambda parameters: False)],
        "helper": [(owner, "together", alone) for owner in (helper, halves, products)],
        "OpenBLAS": [(products, "openblas_is_faster", lambda: False)],
        "oneDNN's linear layer": [(products, "_LARGE", sys.maxsize)],
        "pooling in halves": [(calls, "is_halved_pooling", lambda operation: False)],
        "convolutions in halves": [(calls, "halved_convolution", _nothing)],
        "the way back of a convolution": [(calls, "convolution_way_back", _nothing)],
        "dropout's cheap draw": [(lab.parts.layers.torch_modules.Dropout, "forward", nn.Dropout.forward)],
    }


def training(preset_name: str, steps: int, home: Path) -> Callable[[], float]:
    """A training as it would be made now; each call trains some steps and gives the seconds of the middle one."""
    from lab import data
    from lab.presets import preset
    from lab.spec import changed
    from lab.training.learner import Learner

    spec = preset(preset_name)
    for path, value in (("data.train_samples", 6_000), ("data.validation_share", 0.0), ("device", "cpu")):
        spec = changed(spec, path, value)
    learner = Learner(spec, data.load(spec.data.dataset, home), None)
    learner.rehearse()
    if learner.step.fault:
        raise RuntimeError(str(learner.step.fault))
    number = 0

    def batches() -> Iterator[tuple[Any, Any]]:
        while True:
            yield from learner.batches(0, 0)

    waiting = batches()

    def turn() -> float:
        nonlocal number
        took: list[float] = []
        began = time.perf_counter()
        for images, labels in islice(waiting, steps):
            learner.train_on(images, labels, number)
            number += 1
            ended = time.perf_counter()
            took.append(ended - began)
            began = ended
        learner.step.fetch_losses()
        return statistics.median(took[1:])  # the first finds the caches full of the other's

    return turn


def measure(net: str, parts: list[str], home: Path, rounds: int) -> tuple[float, dict[str, list[float]]]:
    """Seconds of the fastest turn's step with everything, and how many times as long one takes without each part."""
    preset_name, steps, turns = NETS[net]
    known, places = _switches(), random.Random(0)
    fastest = math.inf
    ratios: dict[str, list[float]] = {part: [] for part in parts}
    for number in range(rounds):
        print(f"{net}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for part in parts:
            elsewhere = [bytearray(places.randrange(1 << 22)) for _ in range(4)]
            with ExitStack() as stack:
                for switch in known[part]:
                    stack.enter_context(patch.object(*switch))
                without = training(preset_name, steps, home)
            elsewhere.append(bytearray(places.randrange(1 << 22)))
            whole = training(preset_name, steps, home)
            pairs = [
                (without(), whole()) if turn % 2 else (whole(), without())[::-1] for turn in range(turns)
            ]
            ratios[part].append(statistics.median(one / other for one, other in pairs))
            fastest = min(fastest, *(other for _, other in pairs))
            del elsewhere
    return fastest, ratios


def _between(found: list[float]) -> tuple[float, float, float]:
    """The median, and the order statistics that hold the true one between them in 95 % of cases."""
    ordered, spread = sorted(found), 0.98 * math.sqrt(len(found))
    low, high = (round((len(found) - 1) / 2 + side * spread) for side in (-1, 1))
    return statistics.median(ordered), ordered[max(0, low)], ordered[min(len(found) - 1, high)]


def rows(found: dict[str, tuple[float, dict[str, list[float]]]], parts: list[str]) -> Iterator[Row]:
    """A row with everything, and one for each part."""
    yield Row(
        "All parts on", "; ".join(f"{net} {1e3 * fastest:.2f} ms" for net, (fastest, _) in found.items())
    )
    for part in parts:
        slower = {net: _between([100 * (r - 1) for r in ratios[part]]) for net, (_, ratios) in found.items()}
        said = "; ".join(
            f"{net} {it:+.1f} % ({low:+.1f} to {high:+.1f})" for net, (it, low, high) in slower.items()
        )
        if part == NOTHING:
            yield Row(f"Without {part}", said)
            continue
        holds = max(it for it, _, _ in slower.values()) >= WORTH_KEEPING
        yield Row(f"Without {part}", said, f">= {WORTH_KEEPING:g} % on one", holds)


def main() -> int:
    as_runs = ONE_CORE | training_environment()
    if any(os.environ.get(name) != value for name, value in as_runs.items()):  # read once, by the libraries
        os.execve(
            sys.executable, [sys.executable, "-m", "bench.ablation", *sys.argv[1:]], os.environ | as_runs
        )
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # as every run does
    known = list(_switches())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--only", choices=list(NETS))
    parser.add_argument("--parts", nargs="+", choices=known, default=known)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if not copy_mnist(home):
            print("no MNIST to measure with: name its folder in LAB_TEST_DATA", file=sys.stderr)
            return 1
        nets = [given.only] if given.only else list(NETS)
        show(rows({net: measure(net, given.parts, home, given.rounds) for net in nets}, given.parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
