"""What each part of the fast step is worth: seconds per epoch with it switched off, beside all of them on.

python -m bench.ablation [--rounds N] [--only mlp|cnn] [--parts NAME ...]

Each way of training is a process of its own, warm and waiting; each has its turn between two turns of the whole, and
the median of the ratios counts.
Only the steps are measured, without runner and store, which are the same for all.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.contender import ONE_CORE, Contender, serve
from bench.row import Row, show
from bench.served import copy_mnist
from lab.launch import training_environment

NETS = {"mlp": ("document-mlp", 60_000), "cnn": ("small-cnn", 12_000)}
WORTH_KEEPING = 3.0  # per cent, on one net or the other
ALL = "everything"


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _switches() -> dict[str, Callable[[], None]]:
    """What is done to the program before it trains, by the part that it loses."""
    from torch import nn

    import lab.modules
    from lab.steps import calls, captured, halves, helper, memory, products, replay, update

    def put(owner: Any, name: str, value: Any) -> Callable[[], None]:
        return lambda: setattr(owner, name, value)

    def alone(first: Any, second: Any, both: Any = None) -> None:
        (both or (lambda: (first(), second())))()

    def no_helper() -> None:
        for owner in (helper, halves, products):
            owner.together = alone

    def new_block(pool: Any, size: int) -> int:
        pool._sizes.append(size)
        return len(pool._sizes) - 1

    def recorded(operations: Any, *_: Any) -> Any:
        return operations

    return {
        "record": put(captured.CapturedStep.__init__, "__defaults__", (0,)),
        "take over memory": put(memory.Memories, "overwritable", _nothing),
        "block re-use": put(memory.Pool, "take", new_block),
        "turned log-softmax": put(replay._Plan, "turn", _nothing),
        "pool shortcuts": put(replay, "shortened", recorded),
        "flat update": put(update, "can_be_flat", lambda parameters: False),
        "helper": no_helper,
        "OpenBLAS": put(products, "openblas_is_faster", lambda: False),
        "oneDNN's linear layer": put(products, "_LARGE", sys.maxsize),
        "pooling in halves": put(calls, "is_halved_pooling", lambda operation: False),
        "convolutions in halves": put(calls, "halved_convolution", _nothing),
        "the way back of a convolution": put(calls, "convolution_way_back", _nothing),
        "aligned slopes of poolings": put(calls, "_lies_otherwise", lambda *_: False),
        "dropout's cheap draw": put(lab.modules.Dropout, "forward", nn.Dropout.forward),
    }


def train_epochs(part: str, preset_name: str, samples: int, home: Path) -> None:
    """Trains an epoch whenever it is asked to, without one part."""
    import torch

    from lab import data
    from lab.learner import Learner
    from lab.presets import preset
    from lab.spec import changed

    torch.set_flush_denormal(True)  # as every run does
    if part != ALL:
        _switches()[part]()
    spec = preset(preset_name)
    for path, value in (("data.train_samples", samples), ("data.validation_share", 0.0), ("device", "cpu")):
        spec = changed(spec, path, value)
    learner = Learner(spec, data.load(spec.data.dataset, home), None)
    learner.rehearse()
    if learner.step.fault:
        raise RuntimeError(f"without {part}: {learner.step.fault}")
    number = 0

    def epoch() -> float:
        """Seconds of an epoch whose every step takes as long as the fastest tenth: what else ran does not count."""
        nonlocal number
        took = []
        began = time.perf_counter()
        for images, labels in learner.batches(0, 0):
            learner.train_on(images, labels, number)
            number += 1
            ended = time.perf_counter()
            took.append(ended - began)
            began = ended
        learner.step.fetch_losses()
        return sorted(took)[len(took) // 10] * len(took)

    serve(epoch)


def measure(net: str, parts: list[str], home: Path, rounds: int) -> tuple[float, dict[str, float]]:
    """Seconds of the fastest epoch with everything, and how many times as long one takes without each part."""
    preset_name, samples = NETS[net]
    as_runs = ONE_CORE | training_environment()
    whole: list[float] = []
    ratios: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        ways = {
            part: stack.enter_context(
                Contender("ablation", "--train", part, preset_name, str(samples), str(home), env=as_runs)
            )
            for part in (ALL, *parts)
        }
        for number in range(rounds):
            print(f"{net}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for part in parts:  # each between two of the whole, for a machine's speed drifts
                before, without, after = ways[ALL].epoch(), ways[part].epoch(), ways[ALL].epoch()
                whole += [before, after]
                ratios[part].append(2 * without / (before + after))
    return min(whole), {part: statistics.median(found) for part, found in ratios.items()}


def rows(found: dict[str, tuple[float, dict[str, float]]], parts: list[str]) -> Iterator[Row]:
    """A row with everything, and one for each part."""
    yield Row("All parts on", "; ".join(f"{net} {fastest:.3f} s" for net, (fastest, _) in found.items()))
    for part in parts:
        slower = {net: 100 * (ratios[part] - 1) for net, (_, ratios) in found.items()}
        said = "; ".join(f"{net} {percent:+.1f} %" for net, percent in slower.items())
        yield Row(
            f"Without {part}", said, f">= {WORTH_KEEPING:g} % on one", max(slower.values()) >= WORTH_KEEPING
        )


def main() -> int:
    if sys.argv[1:2] == ["--train"]:
        part, preset_name, samples, home = sys.argv[2:]
        train_epochs(part, preset_name, int(samples), Path(home))
        return 0
    known = list(_switches())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=8)
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
