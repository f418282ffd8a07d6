"""What it costs a run to be watched by ten browsers: epochs of one run, with and without them, in turns.

python -m bench.watched [--turns N]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from bench.row import Row, show
from bench.viewer import Viewer
from lab.events import EpochDone
from lab.presets import preset
from lab.runner.process import ensure_runner
from lab.runs.store import Store
from lab.spec import changed
from tests.support.served import copy_mnist, served

VIEWERS = 10
EPOCHS_A_TURN = 4
BAR_PERCENT = 3.0


def epochs_s(store: Store, run_id: str) -> list[float]:
    """Seconds of training of each epoch so far."""
    return [
        event.epoch_s
        for _, event in store.events(run_id, kinds=("epoch_done",))
        if isinstance(event, EpochDone)
    ]


async def turn(store: Store, run_id: str, url: str, viewers: int) -> tuple[list[float], int]:
    """The epochs of one turn, and how often the page was drawn meanwhile."""
    async with AsyncExitStack() as stack:
        watching = [
            await stack.enter_async_context(Viewer(url, "runs", f"run={run_id}")) for _ in range(viewers)
        ]
        await asyncio.sleep(3.0 if viewers else 0.5)  # joining costs a page each, watching does not
        before = len(epochs_s(store, run_id)) + 1  # the epoch under way is half of each
        reruns = sum(viewer.reruns for viewer in watching)
        deadline = time.monotonic() + 300
        while len(epochs_s(store, run_id)) < before + EPOCHS_A_TURN:
            if time.monotonic() > deadline:
                raise TimeoutError("the run does not get on")
            await asyncio.sleep(0.2)
        drawn = sum(viewer.reruns for viewer in watching) - reruns
    return epochs_s(store, run_id)[before : before + EPOCHS_A_TURN], drawn


def measure(turns: int) -> Iterator[Row]:
    """One long run; the browsers come and go."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        copy_mnist(home)
        with served(home) as server:
            store = Store(home)
            ensure_runner(home)
            run_id = store.submit(changed(preset("document-mlp"), "train.epochs", 900))
            while not epochs_s(store, run_id):
                time.sleep(0.2)
            alone: list[float] = []
            watched: list[float] = []
            drawn = 0
            for _ in range(turns):
                alone += asyncio.run(turn(store, run_id, server.url, 0))[0]
                seconds, count = asyncio.run(turn(store, run_id, server.url, VIEWERS))
                watched += seconds
                drawn += count
            store.want(run_id, "stop")
            store.close()
    slower = 100 * (statistics.median(watched) / statistics.median(alone) - 1)
    yield Row(
        f"Watched by {VIEWERS} browsers (sessions that ask as a browser does)",
        f"{slower:+.1f} % time per epoch ({drawn:,} page updates, {len(alone)} epochs each)",
        f"< {BAR_PERCENT:.0f} % slower",
        slower < BAR_PERCENT and drawn > 0,
    )


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=4)
    show(measure(parser.parse_args().turns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
