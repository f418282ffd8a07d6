"""MNIST files put where people put them."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from lab.data import mnist


def place(packed: Path, folder: Path, unpacked: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in mnist.FILES:
        source = packed / f"{file.name}.gz"
        if unpacked:
            (folder / file.name).write_bytes(gzip.decompress(source.read_bytes()))
        else:
            shutil.copy(source, folder)
            (folder / source.name).chmod(0o644)
    return folder
