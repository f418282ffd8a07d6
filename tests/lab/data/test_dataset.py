"""A data set is for reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import data
from tests.lab.data.placed import place


@pytest.mark.mnist
def test_images_cannot_be_written_to(packed: Path, tmp_path: Path) -> None:
    place(packed, tmp_path)
    with pytest.raises(ValueError, match="read-only"):
        data.load("mnist", tmp_path).train_images[0, 0, 0] = 1
