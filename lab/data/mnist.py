"""MNIST on this machine: found, unpacked once, checked by sha256, memory-mapped.

Owns the four files and their places under the data folder. Knows no network.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.data.dataset import Bytes, DataError, read_only
from lab.data.problems import all_said
from lab.events import FileProblem
from lab.files import write_beside

TRAIN_SIZE, TEST_SIZE = 60_000, 10_000


@dataclass(frozen=True)
class MnistFile:
    """One of the four files: unpacked size, sha256 of the unpacked bytes, header, item shape."""

    name: str
    size: int
    sha256: str
    header: int
    shape: tuple[int, ...]


FILES = (
    MnistFile(
        "train-images-idx3-ubyte",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        16,
        (TRAIN_SIZE, 28, 28),
    ),
    MnistFile(
        "train-labels-idx1-ubyte",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        8,
        (TRAIN_SIZE,),
    ),
    MnistFile(
        "t10k-images-idx3-ubyte",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        16,
        (TEST_SIZE, 28, 28),
    ),
    MnistFile(
        "t10k-labels-idx1-ubyte",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        8,
        (TEST_SIZE,),
    ),
)

# Where people and torchvision put the files, below the data folder.
PLACES = ("data/MNIST/raw", "", "MNIST", "MNIST/raw", "mnist", "raw", "data", "data/MNIST", "data/mnist")
_CHECKED = "checked.json"


def raw_folder(home: Path) -> Path:
    """Where the unpacked files are kept, in torchvision's own layout."""
    return home / "data" / "MNIST" / "raw"


def missing_mnist(home: Path) -> tuple[FileProblem, ...]:
    """What keeps MNIST from being used, file by file; nothing when it is ready.

    Takes microseconds once the files are checked; unpacks and checks them the first time.
    """
    folder = raw_folder(home)
    if _is_checked(folder):
        return ()
    problems = tuple(problem for file in FILES if (problem := _settled(file, home)))
    if not problems:
        _note_checked(folder)
    return problems


def load_mnist(home: Path) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Train images, train labels, test images, test labels, mapped from the files.

    Raises: DataError, naming the file.
    """
    if problems := missing_mnist(home):
        raise DataError(all_said(problems), problems)
    folder = raw_folder(home)
    first, second, third, fourth = (
        read_only(np.memmap(folder / file.name, np.uint8, "r", file.header, file.shape)) for file in FILES
    )
    return first, second, third, fourth


def _settled(file: MnistFile, home: Path) -> FileProblem | None:
    """Puts the file, unpacked and right, into its folder; says what is wrong when none is right."""
    problem = None
    for place in PLACES:
        folder = home / place
        for name in (file.name, file.name.replace("-idx", ".idx")):
            for path in (folder / name, folder / f"{name}.gz"):
                if not path.is_file():
                    continue
                content = _checked_content(path, file)
                if isinstance(content, FileProblem):
                    problem = problem or content
                    continue
                target = raw_folder(home) / file.name
                return None if path == target else _written(content, target)
    return problem or FileProblem(file=file.name, code="missing")


def _checked_content(path: Path, file: MnistFile) -> bytes | FileProblem:
    """The file's bytes if they are MNIST's; else what is wrong with it."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            content = stream.read(file.size + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return FileProblem(file=path.name, code="packed_wrong")
    except OSError as error:
        return FileProblem(file=path.name, code="unreadable", detail=error.strerror or str(error))
    if len(content) != file.size:
        size = None if len(content) > file.size else len(content)
        return FileProblem(file=path.name, code="wrong_size", size=size, expected=file.size)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return FileProblem(file=path.name, code="wrong_content")
    return content


def _written(content: bytes, target: Path) -> FileProblem | None:
    try:
        write_beside(target, content)
    except OSError as error:
        detail = error.strerror or str(error)
        return FileProblem(file=target.name, code="unwritable", folder=str(target.parent), detail=detail)
    return None


def _stamps(folder: Path) -> dict[str, list[int]]:
    stats = {file.name: (folder / file.name).stat() for file in FILES}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}


def _is_checked(folder: Path) -> bool:
    """True if the files are those whose sha256 was right, by size and time of change."""
    try:
        return bool(json.loads((folder / _CHECKED).read_text()) == _stamps(folder))
    except (OSError, ValueError):
        return False


def _note_checked(folder: Path) -> None:
    try:
        write_beside(folder / _CHECKED, json.dumps(_stamps(folder)).encode())
    except OSError:
        return  # A folder that cannot be written is checked again next time.
