"""Gets MNIST through torchvision: its mirrors and checksums, within a time a person waits.

Owns the network. Everything runs beside the caller, so that a name server or a mirror that never
answers costs seconds.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lab.data.dataset import DataError, Progress
from lab.data.mnist import FILES, missing_mnist, raw_folder
from lab.data.problems import all_said, one_after_another
from lab.texts import Text, said

REACH_S = 4.0
STALL_S = 15.0
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_PACKED_SIZES = {
    "train-images-idx3-ubyte.gz": 9_912_422,
    "train-labels-idx1-ubyte.gz": 28_881,
    "t10k-images-idx3-ubyte.gz": 1_648_877,
    "t10k-labels-idx1-ubyte.gz": 4_542,
}


def reachable_mirrors(mirrors: tuple[str, ...] = MIRRORS, timeout_s: float = REACH_S) -> list[str]:
    """The mirrors that answer in time, the fastest first; empty without network."""
    answered: list[str] = []
    done = threading.Semaphore(0)

    def ask(mirror: str) -> None:
        request = urllib.request.Request(mirror + FILES[3].name + ".gz", method="HEAD")  # noqa: S310
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=timeout_s):  # noqa: S310
            answered.append(mirror)
        done.release()

    for mirror in mirrors:
        threading.Thread(target=ask, args=(mirror,), daemon=True).start()
    until = time.monotonic() + timeout_s
    for _ in mirrors:
        if not done.acquire(timeout=max(0.0, until - time.monotonic())) or answered:
            break
    return list(answered)


def fetch_mnist(home: Path, progress: Progress = lambda name, share: None) -> None:
    """Downloads what is missing of MNIST into the data folder.

    `progress(file name, share)` is called a few times a second, share from 0 to 1 of the whole.
    Raises: DataError, when no mirror answers, or one stops answering, or the folder is full.
    """
    mirrors = reachable_mirrors()
    if not mirrors:
        raise DataError(said("data.problems.no_mirror"))
    mirrors += [mirror for mirror in MIRRORS if mirror not in mirrors]
    parent = raw_folder(home).parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(dir=parent, prefix="fetch-"))
    except OSError as error:
        raise DataError(
            said("data.problems.no_folder", folder=parent, reason=error.strerror or error)
        ) from None
    try:
        problems: list[Text] = []
        for mirror in mirrors:
            problems += _fetched_from(mirror, workplace, progress)
            if all((workplace / name).is_file() for name in _PACKED_SIZES):
                break
        for name in _PACKED_SIZES:
            if (workplace / name).is_file():
                raw_folder(home).mkdir(parents=True, exist_ok=True)
                (workplace / name).replace(raw_folder(home) / name)
        if left := missing_mnist(home):
            raise DataError(one_after_another([*problems, all_said(left)]), left)
        # Unpacked and checked, the packed files are only weight.
        for name in _PACKED_SIZES:
            (raw_folder(home) / name).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            said("data.problems.not_kept", folder=parent, reason=error.strerror or error)
        ) from None
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _fetched_from(mirror: str, workplace: Path, progress: Progress) -> list[Text]:
    """Fetches what the workplace lacks from one mirror; says what went wrong."""
    from torchvision.datasets import MNIST, utils

    utils.tqdm = _NoBar  # torchvision 0.29 draws a bar of its own and cannot be asked not to
    whole, before = sum(_PACKED_SIZES.values()), 0
    for name, md5 in MNIST.resources:
        path = workplace / name
        if not path.is_file():
            part = workplace / f"{name}.part"
            share = _share_reporter(name, part, before, whole, progress)
            problem = _beside(
                partial(utils.download_url, mirror + name, workplace, part.name, md5),
                part,
                share,
            )
            if problem:
                part.unlink(missing_ok=True)
                return [said("data.problems.at", address=mirror + name, problem=problem)]
            part.replace(path)
        before += _PACKED_SIZES[name]
    progress(name, 1.0)
    return []


class _NoBar:
    """Stands in for a progress bar where another one is drawn."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def __enter__(self) -> _NoBar:
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def update(self, count: int) -> None:
        """Draws nothing."""


def _share_reporter(name: str, path: Path, before: int, whole: int, progress: Progress) -> Callable[[], None]:
    def report() -> None:
        progress(name, min(1.0, (before + _size_of(path)) / whole))

    return report


def _beside(work: Callable[[], Any], path: Path, report: Callable[[], None]) -> Text | str:
    """Runs the download in a thread, reports while its file grows, gives up when it stalls."""
    problem: list[str] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            problem.append(f"{type(error).__name__}: {error}")

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    size, grown = -1, time.monotonic()
    while worker.is_alive():
        worker.join(0.2)
        report()
        if _size_of(path) != size:
            size, grown = _size_of(path), time.monotonic()
        elif time.monotonic() - grown > STALL_S:
            return said("data.problems.stalled", time=STALL_S)
    return problem[0] if problem else ""


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
