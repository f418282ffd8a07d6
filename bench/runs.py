"""How quickly a run answers, seen as a page sees it: submitted, its worker killed, stopped.

python -m bench.runs [--times N]
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.row import Row, median_and_p95, show
from lab.presets import preset
from lab.runner.process import ensure_runner, no_longer_needed
from lab.runs.store import Store
from lab.spec import RunSpec, changed

LOOK_S = 0.002
PATIENCE_S = 300.0
BAR_MS = 100


def ms_until(reached: Callable[[], object]) -> float:
    """Looks until it is so. Units: milliseconds."""
    began = time.perf_counter()
    while not reached():
        if time.perf_counter() - began > PATIENCE_S:
            raise TimeoutError("a run does not get on")
        time.sleep(LOOK_S)
    return (time.perf_counter() - began) * 1000


def long_run() -> RunSpec:
    """The document's MLP on the bundled digits, which every machine has."""
    return changed(changed(preset("document-mlp"), "dataset", "digits"), "epochs", 900)


def workers(home: Path) -> list[int]:
    """The process ids of the workers: children of the runner's forkserver that have no children."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    runner = int((home / "runner.pid").read_text())
    servers = {pid for pid, parent in parents.items() if parent == runner}
    return [pid for pid, parent in parents.items() if parent in servers]


def life(store: Store) -> dict[str, float]:
    """One run from its submission to its stop. Units: milliseconds."""
    began = time.perf_counter()
    run_id = store.submit(long_run())

    def state() -> str:
        run = store.run(run_id)
        return run.state if run else ""

    ms = {}
    ms_until(lambda: store.last_event(run_id, "started"))
    ms["started"] = (time.perf_counter() - began) * 1000
    ms_until(lambda: store.last_event(run_id, "steps_done"))
    ms["losses"] = (time.perf_counter() - began) * 1000
    ms_until(lambda: store.last_event(run_id, "checkpoint"))
    (worker,) = workers(store.home)
    os.kill(worker, signal.SIGKILL)
    ms["noticed"] = ms_until(lambda: state() != "running")
    ms["again"] = ms["noticed"] + ms_until(lambda: state() == "running")
    store.want(run_id, "stop")
    ms["stopped"] = ms_until(lambda: state() == "stopped")
    ms_until(lambda: not workers(store.home))
    return ms


def measure(times: int) -> Iterator[Row]:
    """Repeats a run's life; the first one waits for torch and does not count."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = Store(home)
        ensure_runner(home)
        life(store)
        lives = [life(store) for _ in range(times)]
        store.close()
        no_longer_needed(home)
        os.kill(int((home / "runner.pid").read_text()), signal.SIGTERM)
    columns = {name: [each[name] for each in lives] for name in lives[0]}
    holds = statistics.median(columns["started"]) <= BAR_MS
    yield Row(
        "Submit -> first event of the run, warm", median_and_p95(columns["started"]), f"<= {BAR_MS} ms", holds
    )
    yield Row("Submit -> first losses, warm", median_and_p95(columns["losses"]))
    yield Row("Worker killed -> a page knows", median_and_p95(columns["noticed"]))
    yield Row("Worker killed -> it runs again", median_and_p95(columns["again"]))
    yield Row("Stop -> stopped, weights kept", median_and_p95(columns["stopped"]))


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    show(measure(parser.parse_args().times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
