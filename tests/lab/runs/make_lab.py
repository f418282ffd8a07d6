"""Makes a small lab as this version of the code writes it: one run for each way in which a run can go and end.

`python -m tests.lab.runs.make_lab FILE.gz` (with OMP_NUM_THREADS=1) wrote `version-1.sqlite.gz` beside this file with the
code of the last version whose database was 1, before its sentences became causes; `test_sentences` reads it.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab.engines.local import LocalEngine
from lab.events import SetLearningRate, StepOnce
from lab.parts.layers import Conv2d, Flatten, Linear
from lab.runner.runner import Runner
from lab.runs.run import Run
from lab.runs.store import Store
from lab.spec import DataSpec, NetworkSpec, RunSpec, TrainSpec, parse_spec
from tests.support.narrowing import present

# Small pictures of the first weights, so that a snapshot is small.
STACK = (Conv2d(channels=4, stride=2), Flatten(), Linear(units=10, activation="identity"))
GIVEN_UP_AFTER_S = 120.0


def spec_of(title: str, dataset: str = "digits", samples: int = 400, **train: Any) -> RunSpec:
    """A run of a tenth of a second, with some fields changed."""
    share = 0.5 if "early_stopping" in train else 0.0
    noise = 0.6 if "early_stopping" in train else 0.0
    return RunSpec(
        title=title,
        data=DataSpec(
            dataset=dataset,
            train_samples=samples,
            normalisation="mnist",
            validation_share=share,
            label_noise=noise,
        ),
        network=NetworkSpec(layers=STACK),
        train=TrainSpec(**{"batch_size": 20, "epochs": 2, "device": "cpu", "seed": 1, **train}),
    )


class Lab:
    """A store, and a runner over real processes."""

    def __init__(self, home: Path) -> None:
        self.home, self.store = home, Store(home)
        self._start()

    def _start(self) -> None:
        self.engine = LocalEngine(self.home, 1)
        self.runner = Runner(self.home, self.engine)

    def run(self, run_id: str) -> Run:
        """The run as it stands."""
        return present(self.store.run(run_id))

    def until(self, reached: Callable[[], object]) -> None:
        """Turns the runner until it is so."""
        end = time.monotonic() + GIVEN_UP_AFTER_S
        while not reached():
            assert time.monotonic() < end
            self.runner.turn(0.005)

    def count(self, run_id: str, kind: str) -> int:
        """How many events of a kind a run has."""
        return len(self.store.events(run_id, kinds=(kind,)))

    def to_its_end(self, spec: RunSpec) -> str:
        """The id of a run that was computed undisturbed."""
        run_id = self.store.submit(spec, owner="ada")
        self.until(lambda: not self.run(run_id).is_active)
        return run_id

    def begun(self, spec: RunSpec) -> str:
        """The id of a run that has just kept its first checkpoint."""
        run_id = self.store.submit(spec, owner="ada")
        self.until(lambda: self.count(run_id, "checkpoint"))
        return run_id

    def kill(self, run_id: str, kind: signal.Signals) -> None:
        """Ends the run's worker from outside."""
        os.kill(present(self.engine.worker_ids()[run_id]), kind)

    def restart(self) -> None:
        """Ends the runner and starts another."""
        self.runner.close()
        self._start()


def make(lab: Lab) -> None:
    """One run for each way."""
    first = lab.to_its_end(spec_of("finished"))
    lab.to_its_end(spec_of("on the digits, for want of MNIST", dataset="mnist"))
    lab.to_its_end(spec_of("early", epochs=60, early_stopping=2, optimizer={"kind": "adamw", "lr": 0.01}))
    mse = {"kind": "mse"}
    lab.to_its_end(spec_of("diverged", loss=mse, optimizer={"kind": "sgd", "lr": 100.0}))
    one_cycle = {"kind": "one_cycle"}
    steep = {"kind": "sgd", "lr": 100.0}
    lab.to_its_end(spec_of("diverged on schedule", loss=mse, optimizer=steep, schedule=one_cycle))
    fine = spec_of("fine-tuned").model_dump(mode="json")
    fine["network"]["initialisation"] = {"kind": "run", "run": first}
    lab.to_its_end(parse_spec(json.dumps(fine)))
    nowhere = fine | {"title": "refused"}
    nowhere["network"]["initialisation"]["run"] = "amber-finch-k3v7qa"
    lab.to_its_end(parse_spec(json.dumps(nowhere)))

    long = lab.begun(spec_of("paused, stepped, changed, resumed, stopped", epochs=900))
    lab.store.want(long, "pause")
    lab.until(lambda: lab.run(long).state == "paused")
    lab.store.tell(long, StepOnce(steps=3))
    lab.store.tell(long, SetLearningRate(learning_rate=0.02))
    lab.until(lambda: lab.count(long, "learning_rate_changed") and lab.count(long, "paused") > 1)
    lab.store.want(long, "run")
    lab.until(lambda: lab.count(long, "resumed"))
    lab.store.want(long, "stop")
    lab.until(lambda: lab.run(long).state == "stopped")

    killed = lab.begun(spec_of("killed, then crashed, then finished", epochs=40))
    lab.kill(killed, signal.SIGKILL)
    lab.until(lambda: lab.count(killed, "resumed"))
    lab.until(lambda: killed in lab.engine.worker_ids())
    lab.kill(killed, signal.SIGSEGV)
    lab.until(lambda: not lab.run(killed).is_active)
    lost = lab.store.submit(spec_of("given up", epochs=900, batch_size=1), owner="ada")

    def end_again() -> bool:
        if lost in lab.engine.worker_ids():
            lab.kill(lost, signal.SIGKILL)
        return not lab.run(lost).is_active

    lab.until(end_again)
    full = lab.begun(spec_of("no room for its events", epochs=900))
    connection = lab.runner.journal._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    lab.until(lambda: full not in lab.engine.worker_ids())
    connection.execute("PRAGMA max_page_count = 1000000")
    lab.until(lambda: not lab.run(full).is_active)
    restarted = lab.begun(spec_of("the lab was stopped", epochs=60))
    lab.restart()
    lab.until(lambda: not lab.run(restarted).is_active)
    left = lab.begun(spec_of("interrupted", epochs=900))
    lab.restart()
    assert lab.run(left).state == "interrupted"


def main(target: Path) -> None:
    """Makes the lab in a folder of its own and writes its database as one packed file."""
    with tempfile.TemporaryDirectory(prefix="lab-of-old-") as folder:
        os.environ["LAB_HOME"] = folder
        lab = Lab(Path(folder))
        make(lab)
        lab.runner.close()
        lab.store.close()
        source = sqlite3.connect(Path(folder) / "lab.sqlite")
        whole = Path(folder) / "whole.sqlite"
        source.execute("VACUUM INTO ?", (str(whole),))
        source.close()
        target.write_bytes(gzip.compress(whole.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
