"""The runner as a process: started when somebody needs it, alone for its data folder, gone when nobody does.

Owns its beginning and its end. Knows no run.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from lab.files import write_beside
from lab.machine.blas import blas_environment
from lab.runner.lock import Lease, is_held, take
from lab.texts import said, text

IDLE = "LAB_IDLE_S"  # how long the runner stays warm when nobody needs it
TURN_S = 0.02  # the longest that a new run waits to be seen
IDLE_TURN_S = 0.04  # the same when nothing has happened for a while: 0.4 % of a core
LOOK_AROUND_S = 1.0
SEEN_S = (
    0.25  # how long a runner that was seen alive is taken to be: a look takes a millisecond, pages ask often
)
RELAUNCH_S = 5.0
LOG_BYTES = 1_000_000

_ROOT = Path(__file__).resolve().parents[2]
_looking = threading.Lock()
_needs: dict[Path, Lease] = {}
_launched: dict[Path, tuple[float, subprocess.Popen[bytes]]] = {}
_seen_alive: dict[Path, float] = {}


def ensure_runner(home: Path) -> None:
    """Have a runner for this data folder as long as this process lives; returns at once.

    A runner of another process serves as well. Cheap enough for every draw of a page.
    """
    with _looking:
        if home not in _needs:
            # The runner decides to end while it holds this lock alone: whoever comes later starts another.
            lease = take(home / "needed.lock", shared=True, wait_s=10.0)
            _seen_alive.pop(home, None)  # it may have ended while nobody needed it
            if lease is not None:
                _needs[home] = lease
        if time.monotonic() < _seen_alive.get(home, -SEEN_S) + SEEN_S or runner_alive(home):
            return
        begun, process = _launched.get(home, (0.0, None))
        if process is not None and (process.poll() is None or time.monotonic() - begun < RELAUNCH_S):
            return  # still on its way, or it cannot start
        _launched[home] = (time.monotonic(), _launch(home))


def runner_alive(home: Path) -> bool:
    """Whether a runner works for this data folder."""
    alive = is_held(home / "runner.lock")
    if alive:
        _seen_alive[home] = time.monotonic()
    else:
        _seen_alive.pop(home, None)
    return alive


def runner_problem(home: Path) -> str:
    """Why the runner that this process started could not work, in words; "" if all is well."""
    _, process = _launched.get(home, (0.0, None))
    if process is None or not process.poll() or runner_alive(home):  # exit code 0: another one serves
        return ""
    from lab.events import Reason  # with pydantic, which the first page need not wait for
    from lab.reasons import in_words

    try:
        reason = Reason(**json.loads(_problem(home).read_text()))
        return text("engines.runner_cannot_start", reason=in_words([reason]))
    except (OSError, ValueError, TypeError):
        return text("engines.runner_ended", code=process.returncode, log=_log(home))


def no_longer_needed(home: Path) -> None:
    """Let the runner end, once it has nothing to do, although this process lives on."""
    if lease := _needs.pop(home, None):
        lease.release()


def serve(home: Path) -> int:
    """Run the reconciler until nobody needs it; the body of `python -m lab.runner`."""
    from lab.engines.local import LocalEngine
    from lab.reasons import reasons_of
    from lab.runner.runner import Runner

    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    alone = take(home / "runner.lock")
    if alone is None:
        return 0
    signal.signal(signal.SIGTERM, _end)
    try:
        idle_s = _idle_s()
        runner = Runner(home, LocalEngine(home))
    except (ValueError, OSError) as error:
        logging.getLogger(__name__).error("the runner cannot start: %s", error)
        with suppress(OSError):  # a full disk, say: the log has it
            write_beside(_problem(home), json.dumps(asdict(reasons_of(error)[0])).encode())
        return 2
    write_beside(home / "runner.pid", str(os.getpid()).encode())
    try:
        looked, now = 0.0, time.monotonic()
        needed = now
        while True:
            runner.turn(TURN_S if now < needed + LOOK_AROUND_S else IDLE_TURN_S)
            now = time.monotonic()
            if now < looked + LOOK_AROUND_S:
                continue
            looked = now
            if not home.is_dir():
                return 0
            if not runner.is_idle():
                needed = now
            elif now > needed + idle_s:
                if last := take(home / "needed.lock"):
                    runner.turn()
                    if runner.is_idle():
                        alone.release()
                        last.release()
                        return 0
                    last.release()
                needed = now
    finally:
        runner.close()


def training_environment() -> dict[str, str]:
    """What a process that trains is started with, besides what its parent has."""
    # No pool of threads, and no CUDA in the process that workers are forked from: neither survives a fork.
    safe = {"OMP_NUM_THREADS": "1", "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
    # Else glibc gives the memory of a convolution's result back and fetches it anew, page by page, at each step.
    keeping = {"MALLOC_MMAP_THRESHOLD_": str(1 << 26), "MALLOC_TRIM_THRESHOLD_": str(1 << 28)}
    return safe | keeping | blas_environment()


def _idle_s() -> float:
    given = os.environ.get(IDLE, "").strip() or "60"
    try:
        return float(given)
    except ValueError:
        raise ValueError(said("engines.bad_idle", switch=IDLE, value=given[:40])) from None


def _launch(home: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    environment = {
        **os.environ,
        **training_environment(),
        "LAB_HOME": str(home),
        "PYTHONPATH": path,
    }
    _problem(home).unlink(missing_ok=True)
    log = _log(home)
    too_long = log.is_file() and log.stat().st_size > LOG_BYTES
    # A group of its own: Ctrl-C in the server's terminal ends the server and not the runs.
    windows = os.name == "nt"
    with log.open("wb" if too_long else "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "lab.runner"],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=not windows,
            creationflags=0x208 if windows else 0,  # detached, a process group of its own
        )


def _log(home: Path) -> Path:
    return home / "runner.log"


def _problem(home: Path) -> Path:
    """Where a runner that cannot start says why."""
    return home / "runner.problem"


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
