"""How quickly a run answers: submitted, its worker killed, stopped.

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
from lab.engines.local import LocalEngine
from lab.presets import preset
from lab.runner import Runner
from lab.spec import RunSpec, changed
from lab.store import Store

TURN_S = 0.02


class Lab:
    """A store and its runner in this process, so that a moment can be measured from both sides."""

    def __init__(self, home: Path) -> None:
        self.store = Store(home)
        self.engine = LocalEngine(home, slots=2)
        self.runner = Runner(home, self.engine)

    def ms_until(self, reached: Callable[[], object], patience_s: float = 60.0) -> float:
        """Turns the runner as its process does. Units: milliseconds."""
        began = time.perf_counter()
        while not reached():
            if time.perf_counter() - began > patience_s:
                raise TimeoutError("a run does not get on")
            self.runner.turn(TURN_S)
        return (time.perf_counter() - began) * 1000

    def has(self, run_id: str, kind: str) -> bool:
        """Whether a reader of the store sees such an event."""
        return self.store.last_event(run_id, kind) is not None

    def close(self) -> None:
        """Ends all of it."""
        self.runner.close()
        self.store.close()


def long_run() -> RunSpec:
    """The document's MLP on the bundled digits, which every machine has."""
    return changed(changed(preset("document-mlp"), "dataset", "digits"), "epochs", 900)


def measure(times: int) -> Iterator[Row]:
    """Repeats a run's life; the first one warms the forkserver and does not count."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        first, steps, noticed, resumed, stopped = ([] for _ in range(5))
        for number in range(times + 1):
            began = time.perf_counter()
            run_id = lab.store.submit(long_run())
            lab.ms_until(lambda run_id=run_id: lab.has(run_id, "started"), 300.0)
            started_ms = (time.perf_counter() - began) * 1000
            steps_ms = started_ms + lab.ms_until(lambda run_id=run_id: lab.has(run_id, "steps_done"))
            lab.ms_until(lambda run_id=run_id: lab.has(run_id, "checkpoint"))
            os.kill(lab.engine.worker_ids()[run_id], signal.SIGKILL)
            noticed_ms = lab.ms_until(lambda run_id=run_id: lab.store.run(run_id).state != "running")
            resumed_ms = lab.ms_until(lambda run_id=run_id: lab.store.run(run_id).state == "running")
            lab.store.want(run_id, "stop")
            stopped_ms = lab.ms_until(lambda run_id=run_id: lab.store.run(run_id).state == "stopped")
            if number:
                for values, ms in zip(
                    (first, steps, noticed, resumed, stopped),
                    (started_ms, steps_ms, noticed_ms, resumed_ms, stopped_ms),
                    strict=True,
                ):
                    values.append(ms)
        lab.close()
    yield Row(
        "Submit -> first event of the run, warm",
        median_and_p95(first),
        "<= 100 ms",
        statistics.median(first) <= 100,
    )
    yield Row("Submit -> first losses, warm", median_and_p95(steps))
    yield Row("Worker killed -> noticed", median_and_p95(noticed))
    yield Row(
        "Worker killed -> running again",
        median_and_p95([a + b for a, b in zip(noticed, resumed, strict=True)]),
    )
    yield Row("Stop -> stopped, weights kept", median_and_p95(stopped))


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    show(measure(parser.parse_args().times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
