"""A way of training that is measured against others: a process that trains one epoch whenever it is asked to.

Owns the talk between the measurement and the process, so that contenders can take turns, all of them warm. Knows
no network.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
# What a contender does with more is measured apart.
ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NPROC": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


class Contender:
    """`python -m bench.MODULE ...`, warm and waiting; each call of `epoch` is one epoch.

    Raises: RuntimeError when the process ends before it has answered.
    """

    def __init__(self, module: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.name = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"bench.{module}", *arguments],
            cwd=ROOT,
            env={**os.environ, **(ONE_CORE if env is None else env)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Contender:
        self._answer()  # it has warmed up
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)

    def epoch(self) -> float:
        """Seconds that one more epoch took, by the contender's own clock."""
        assert self._process.stdin is not None
        self._process.stdin.write("epoch\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("> "):
                return line[2:]
        raise RuntimeError(f"the contender {self.name} ended before it answered")


def serve(epoch: Callable[[], object]) -> None:
    """The contender's side: one epoch to warm up, then one for each line that comes in."""
    epoch()
    print("> ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        epoch()
        print(f"> {time.perf_counter() - began}", flush=True)
