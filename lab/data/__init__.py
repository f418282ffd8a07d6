"""The data sets of the lab: one table, and the one way to read from it.

Owns what happens when the data asked for is not there. Imports neither torch nor torchvision until
something has to be fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from lab.data.dataset import IMAGE_SHAPE, DataError, Dataset, DatasetEntry, Progress
from lab.data.digits import TEST_SIZE as DIGITS_TEST
from lab.data.digits import TRAIN_SIZE as DIGITS_TRAIN
from lab.data.digits import load_digits
from lab.data.fetching import fetch_mnist
from lab.data.mnist import TEST_SIZE, TRAIN_SIZE, load_mnist, missing_mnist
from lab.events import DataStandIn
from lab.registry import did_you_mean, name_in
from lab.texts import Name, said, text

__all__ = ["DATASETS", "DataError", "Dataset", "DatasetName", "at_hand", "available", "fetch", "load"]

FALLBACK = "digits"

_ENTRIES = (
    DatasetEntry(
        name="mnist",
        title=Name("MNIST"),
        summary=said(
            "data.mnist.summary",
            n=TRAIN_SIZE + TEST_SIZE,
            size=IMAGE_SHAPE[1:],
            train=TRAIN_SIZE,
            test=TEST_SIZE,
        ),
        source="LeCun, Cortes & Burges 1998",
        sizes=(TRAIN_SIZE, TEST_SIZE),
        load=load_mnist,
        missing=missing_mnist,
        fetch=fetch_mnist,
    ),
    DatasetEntry(
        name="digits",
        title=said("data.digits.title"),
        summary=said("data.digits.summary", n=DIGITS_TRAIN + DIGITS_TEST, small=(8, 8), size=IMAGE_SHAPE[1:]),
        source="Alpaydin & Kaynak 1998, UCI",
        sizes=(DIGITS_TRAIN, DIGITS_TEST),
        load=load_digits,
        missing=lambda home: (),
        fetch=lambda home, progress: None,
    ),
)

DATASETS: dict[str, DatasetEntry] = {entry.name: entry for entry in _ENTRIES}

DatasetName = Annotated[str, name_in(DATASETS, "registry.unknown_data_set")]


def _entry(name: str) -> DatasetEntry:
    if name not in DATASETS:
        raise DataError(said("data.problems.unknown", name=name[:80], hint=did_you_mean(name, DATASETS)))
    return DATASETS[name]


def available(name: str, home: Path) -> tuple[str, DataStandIn | None]:
    """The name of the data that a run would use now, and for what they stand in if they are others.

    Cheap enough for every draw of a page.
    Raises: DataError, for an unknown name.
    """
    entry = _entry(name)
    problems = entry.missing(home)
    if not problems:
        return name, None
    samples = sum(DATASETS[FALLBACK].sizes)
    return FALLBACK, DataStandIn(
        wanted=name, used=FALLBACK, samples=samples, folder=str(home), problems=problems
    )


def at_hand(name: str, home: Path) -> str:
    """The name of the data that a run would use now; the same where that cannot be told."""
    try:
        return available(name, home)[0]
    except OSError:
        return name


def load(name: str, home: Path) -> Dataset:
    """The data set, or the bundled digits, which say so, when it is not on this machine.

    Never uses the network: that is `fetch`.
    Raises: DataError, for an unknown name.
    """
    usable, stand_in = available(name, home)
    return Dataset(usable, *DATASETS[usable].load(home), stand_in=stand_in)


def fetch(name: str, home: Path, progress: Progress = lambda name, share: None) -> str:
    """Gets the data set if it is missing or damaged; returns "" or why it could not, in one line.

    Without network it returns within seconds. `progress(what, share)` is called while bytes come.
    """
    entry = _entry(name)
    if not entry.missing(home):
        return ""
    try:
        entry.fetch(home, progress)
    except DataError as error:
        return text("data.problems.not_fetched", title=entry.title, reason=error)
    return ""
