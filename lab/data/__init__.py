"""The data sets of the lab: one table, and the one way to read from it.

Owns what happens when the data asked for is not there. Imports neither torch nor torchvision until
something has to be fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from lab.data.dataset import DataError, Dataset, DatasetEntry, Progress
from lab.data.digits import TEST_SIZE as DIGITS_TEST
from lab.data.digits import TRAIN_SIZE as DIGITS_TRAIN
from lab.data.digits import load_digits
from lab.data.fetching import fetch_mnist
from lab.data.mnist import TEST_SIZE, TRAIN_SIZE, load_mnist, missing_mnist
from lab.registry import did_you_mean, name_in

__all__ = ["DATASETS", "DataError", "Dataset", "DatasetName", "at_hand", "available", "fetch", "load"]

FALLBACK = "digits"

_ENTRIES = (
    DatasetEntry(
        "mnist",
        "MNIST",
        "70,000 handwritten digits, 28 x 28 pixels: 60,000 to train on, 10,000 to test with.",
        "LeCun, Cortes & Burges 1998",
        (TRAIN_SIZE, TEST_SIZE),
        load_mnist,
        missing_mnist,
        fetch_mnist,
    ),
    DatasetEntry(
        "digits",
        "Bundled digits",
        "1,797 handwritten digits that come with scikit-learn, enlarged from 8 x 8 to 28 x 28.",
        "Alpaydin & Kaynak 1998, UCI",
        (DIGITS_TRAIN, DIGITS_TEST),
        load_digits,
        lambda home: "",
        lambda home, progress: None,
    ),
)

DATASETS: dict[str, DatasetEntry] = {entry.name: entry for entry in _ENTRIES}

DatasetName = Annotated[str, name_in(DATASETS, "registry.unknown_data_set")]


def _entry(name: str) -> DatasetEntry:
    if name not in DATASETS:
        raise DataError(f"unknown data set {name[:80]!r}; {did_you_mean(name, DATASETS)}")
    return DATASETS[name]


def available(name: str, home: Path) -> tuple[str, str]:
    """The name of the data that a run would use now, and one line to show if it is another one.

    Cheap enough for every draw of a page.
    Raises: DataError, for an unknown name.
    """
    entry = _entry(name)
    missing = entry.missing(home)
    if not missing:
        return name, ""
    # Four times "is not there" is one fact; a damaged file is worth its name.
    damaged = "; ".join(part for part in missing.split("; ") if not part.endswith("is not there"))
    reason = f"{entry.title} is not usable ({damaged})" if damaged else f"{entry.title} is not in {home}"
    fallback = DATASETS[FALLBACK]
    return (
        FALLBACK,
        f"{reason}: training uses the {sum(fallback.sizes):,} {fallback.title.lower()} of scikit-learn. "
        f"To get {entry.title}, connect to the network and run `python -m lab data --fetch`, "
        "or copy its four files there.",
    )


def at_hand(name: str, home: Path) -> str:
    """The name of the data that a run would use now; the same where that cannot be told."""
    try:
        return available(name, home)[0]
    except OSError:
        return name


def load(name: str, home: Path) -> Dataset:
    """The data set, or the bundled digits with a notice when it is not on this machine.

    Never uses the network: that is `fetch`.
    Raises: DataError, for an unknown name.
    """
    usable, notice = available(name, home)
    return Dataset(usable, *DATASETS[usable].load(home), notice=notice)


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
        return f"{entry.title} could not be fetched: {error}"
    return ""
