"""The lab itself as a contender: `python -m lab train` with runner, store, events and checkpoints, as users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.contender import ROOT


def epochs_s(home: Path, preset: str, epochs: int, *changes: str) -> list[float]:
    """Seconds of training of each epoch of a run, as the run reports them.

    Raises: RuntimeError when the run does not finish.
    """
    command = [sys.executable, "-m", "lab", "train", "--preset", preset, "--epochs", str(epochs), "--json"]
    for change in changes:
        command += ["--set", change]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "LAB_HOME": str(home)}, capture_output=True, text=True
    )
    last = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    if last.get("state") != "finished":
        raise RuntimeError(f"the run of {preset} did not finish: {done.stdout}{done.stderr}")
    return [float(seconds) for seconds in last["epoch_s"]]
