"""What a data set is to the lab: bytes and labels, split into training and test.

Knows no file, no network and no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lab.events import DataStandIn, FileProblem
from lab.texts import Text, Words

Bytes: TypeAlias = NDArray[np.uint8]
Progress: TypeAlias = Callable[[str, float], None]
CLASSES = 10
IMAGE_SHAPE = (1, 28, 28)  # as a network takes one


class DataError(RuntimeError):
    """Data that cannot be used: names the file, what is wrong with it, and what to do."""

    def __init__(self, words: Text, problems: tuple[FileProblem, ...] = ()) -> None:
        super().__init__(words)
        self.problems = problems


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled grey images, and for what they stand in when they are not the ones asked for.

    Shapes: images (N, 28, 28) uint8, 0 background to 255 ink; labels (N,) uint8 below 10.
    """

    name: str
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    stand_in: DataStandIn | None = None


@dataclass(frozen=True, kw_only=True)
class DatasetEntry:
    """One choice of data: its words, how to read it, how to know at once whether it is there.

    `load(home)` returns the four arrays; `missing(home)` names what is missing, nothing when
    all is there; `fetch(home, progress)` gets it from its source.
    """

    name: str
    title: Words
    summary: Text
    source: str
    sizes: tuple[int, int]
    load: Callable[[Path], tuple[Bytes, Bytes, Bytes, Bytes]]
    missing: Callable[[Path], tuple[FileProblem, ...]]
    fetch: Callable[[Path, Progress], None]


def read_only(array: Any) -> Bytes:
    """The array as bytes that nobody can write to."""
    view: Bytes = np.asarray(array, dtype=np.uint8)
    view.flags.writeable = False
    return view
