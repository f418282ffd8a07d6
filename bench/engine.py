"""Seconds of training per epoch: the lab, the document's own loop, Keras 3 on JAX, and the matrix products alone.

python -m bench.engine [--rounds N] [--only mlp|cnn]

The contenders take turns, each held to one core, and those that can use more once with all. Of each the fastest
epoch counts: on a machine that does other things too, everything else is noise. The lab is measured as users run
it, through runner, store and events, with half of its large operations on a second core.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.contender import ONE_CORE, Contender
from bench.product import epochs_s
from bench.row import Row, show
from lab.machine.blas import blas_environment
from tests.support.served import copy_mnist

CNN_SAMPLES = 12_000
EPOCHS = 3  # the first of a run holds its warm-up
ALL_CORES: dict[str, str] = {}  # nothing that holds a contender to one


def mlp_seconds(home: Path, rounds: int) -> dict[str, float]:
    """Seconds of the fastest epoch of each contender with the document's MLP."""
    seen: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        contenders = {
            "products, torch": stack.enter_context(Contender("products", "torch")),
            "products, OpenBLAS": stack.enter_context(
                Contender("products", "openblas", env=ONE_CORE | blas_environment())
            ),
            "document": stack.enter_context(Contender("document_loop", str(home))),
            "document, all cores": stack.enter_context(Contender("document_loop", str(home), env=ALL_CORES)),
        }
        if importlib.util.find_spec("keras") and importlib.util.find_spec("jax"):
            contenders["keras"] = stack.enter_context(Contender("keras_jax", str(home)))
            contenders["keras, all cores"] = stack.enter_context(
                Contender("keras_jax", str(home), env=ALL_CORES)
            )
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            seen["lab"] += epochs_s(home, "document-mlp", EPOCHS)
            for name, contender in contenders.items():
                # the document's loop is so slow that its noise is small
                turns = 1 if name.startswith("document") else EPOCHS
                seen[name] += [contender.epoch() for _ in range(turns)]
    return {name: min(seconds) for name, seconds in seen.items()}


def mlp_rows(seconds: dict[str, float]) -> Iterator[Row]:
    """The rows of the document's MLP."""
    lab = seconds["lab"]
    yield Row("Document's MLP, batch 100, CPU: an epoch of the lab", f"{lab:.2f} s")
    for name, title in (
        ("document", "The document's own loop, one core"),
        ("document, all cores", "The document's own loop, all cores"),
    ):
        ratio = seconds[name] / lab
        yield Row(title, f"{seconds[name]:.2f} s: the lab is {ratio:.1f} x as fast", ">= 9 x", ratio >= 9)
    for name, title in (
        ("keras", "Keras 3 on JAX, one core"),
        ("keras, all cores", "Keras 3 on JAX, all cores"),
    ):
        if name not in seconds:
            yield Row(title, "not installed: pip install -r bench/requirements.txt")
            continue
        ratio = seconds[name] / lab
        yield Row(title, f"{seconds[name]:.2f} s: {ratio:.2f} x the lab's time", "lab not slower", ratio >= 1)
    library = min(("torch", "OpenBLAS"), key=lambda name: seconds[f"products, {name}"])
    products = seconds[f"products, {library}"]
    ratio = lab / products
    yield Row(
        f"Its matrix products alone, by the faster library ({library}), one core",
        f"{products:.2f} s: the lab takes {ratio:.2f} x that",
        "<= 1.25 x",
        ratio <= 1.25,
    )


def cnn_rows(home: Path, rounds: int) -> Iterator[Row]:
    """The rows of the small CNN, on a part of MNIST."""
    seen: dict[str, list[float]] = defaultdict(list)
    subset = (f"data.train_samples={CNN_SAMPLES}", "data.validation_share=0.0")
    loop = ("document_loop", str(home), "small-cnn", str(CNN_SAMPLES))
    with Contender(*loop) as one_core, Contender(*loop, env=ALL_CORES) as all_cores:
        for _ in range(rounds):
            seen["lab"] += epochs_s(home, "small-cnn", EPOCHS, *subset)
            seen["one core"].append(one_core.epoch())
            seen["all cores"].append(all_cores.epoch())
    best = {name: min(seconds) * 60_000 / CNN_SAMPLES for name, seconds in seen.items()}
    yield Row("Small CNN, CPU: an epoch of the lab", f"{best['lab']:.1f} s")
    for cores in ("one core", "all cores"):
        ratio = best[cores] / best["lab"]
        yield Row(
            f"Its textbook loop, {cores}",
            f"{best[cores]:.1f} s: the lab is {ratio:.1f} x as fast",
            ">= 2.5 x",
            ratio >= 2.5,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender has its turn")
    parser.add_argument("--only", choices=["mlp", "cnn"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if not copy_mnist(home):
            print("no MNIST to measure with: name its folder in LAB_TEST_DATA", file=sys.stderr)
            return 1
        if given.only != "cnn":
            show(mlp_rows(mlp_seconds(home, given.rounds)))
        if given.only != "mlp":
            show(cnn_rows(home, given.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
