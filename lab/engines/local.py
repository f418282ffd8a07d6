"""Runs on this machine: one process each, forked from a server that has torch loaded.

Owns processes and pipes. Knows nothing of what a run computes, and writes no row.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from lab.engines import deaths
from lab.engines.worker import work
from lab.events import Event, Loss, Message, from_json, is_end, to_json
from lab.machine.device import gpu_memory_gb, usable_cores
from lab.texts import said

SLOTS = "LAB_SLOTS"
GPU_GB_PER_RUN = 2.0  # CUDA itself takes half a GB of each process, libraries and a small CNN another
_BATCH = 64  # events taken from one worker before the others have their turn


def slots_of_this_machine() -> int:
    """How many runs are computed at once: LAB_SLOTS, or one per core, if a GPU's memory has room for as many.

    Raises: ValueError.
    """
    text = os.environ.get(SLOTS, "").strip()
    if not text:
        on_gpu = gpu_memory_gb()
        return min(usable_cores(), max(1, int(on_gpu / GPU_GB_PER_RUN))) if on_gpu else usable_cores()
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise ValueError(said("engines.bad_slots", switch=SLOTS, value=text[:40]))
    return int(text)


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    ended_before: int  # processes that the kernel had ended for want of memory when this one was started
    ended: bool = False


class LocalEngine:
    """One process per run; a crash of one is no matter to the others."""

    def __init__(self, home: Path, slots: int | None = None, method: str | None = None) -> None:
        self._home = home
        self._slots = slots if slots is not None else slots_of_this_machine()
        forks = "forkserver" in mp.get_all_start_methods()
        self._context = mp.get_context(method or ("forkserver" if forks else "spawn"))
        self._workers: dict[str, _Worker] = {}
        if self._context.get_start_method() == "forkserver":
            self._context.set_forkserver_preload(["lab.engines.preload"])
            from multiprocessing.forkserver import ensure_running

            ensure_running()  # begins to load torch now, not when the first run is submitted

    def capacity(self) -> int:
        """How many runs are computed at once."""
        return self._slots

    def start(self, run_id: str, spec_json: str, *, from_checkpoint: bool) -> None:
        """Start a worker for the run."""
        ours, theirs = self._context.Pipe()
        arguments = (theirs, self._home, run_id, spec_json, from_checkpoint)
        process = self._context.Process(target=work, args=arguments, name=run_id, daemon=True)  # type: ignore[attr-defined]
        worker = _Worker(process, ours, deaths.ended_for_memory())
        process.start()
        theirs.close()
        self._workers[run_id] = worker

    def poll(self, timeout_s: float) -> Sequence[tuple[str, Event | Loss]]:
        """What the workers said; a worker's end is noticed at once."""
        if not self._workers:
            time.sleep(timeout_s)
            return []
        by_pipe = {worker.pipe: run_id for run_id, worker in self._workers.items()}
        said: list[tuple[str, Event | Loss]] = []
        # A dead worker's pipe is at its end: one wait serves for news and for losses.
        for pipe in wait(list(by_pipe), timeout_s):
            run_id = by_pipe[pipe]  # type: ignore[index]
            said += [(run_id, event) for event in self._read(run_id, self._workers[run_id])]
        return said

    def tell(self, run_id: str, message: Message) -> None:
        """Pass a message through the worker's pipe."""
        if worker := self._workers.get(run_id):
            with suppress(OSError):  # it has just ended: poll reports how
                worker.pipe.send_bytes(to_json(message).encode())

    def kill(self, run_id: str) -> None:
        """End the worker at once."""
        if worker := self._workers.pop(run_id, None):
            worker.process.kill()
            self._reap(worker)

    def worker_ids(self) -> dict[str, int | None]:
        """The process id of each run's worker, for whoever wants to look at it, or to kill one and see."""
        return {run_id: worker.process.pid for run_id, worker in self._workers.items()}

    def close(self) -> None:
        """End all workers."""
        for run_id in list(self._workers):
            self.kill(run_id)

    def _read(self, run_id: str, worker: _Worker) -> list[Event | Loss]:
        said: list[Event | Loss] = []
        try:
            while len(said) < _BATCH and worker.pipe.poll():
                event = from_json(worker.pipe.recv_bytes().decode())
                worker.ended = worker.ended or is_end(event)
                said.append(event)
        except (EOFError, OSError):
            del self._workers[run_id]
            exit_code = self._reap(worker)
            if not worker.ended:
                said.append(deaths.lost(exit_code, worker.ended_before))
        return said

    @staticmethod
    def _reap(worker: _Worker) -> int | None:
        worker.process.join(timeout=10)
        if worker.process.exitcode is None:  # it closed its pipe and hangs
            worker.process.kill()
            worker.process.join()
        exit_code = worker.process.exitcode
        worker.process.close()
        worker.pipe.close()
        return exit_code
