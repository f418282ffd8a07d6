"""MNIST is found, checked and named where it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import data
from lab.runs.wording import data_stand_in
from tests.lab.data.placed import place


@pytest.mark.mnist
@pytest.mark.parametrize("where", ["", "MNIST", "MNIST/raw", "data/MNIST/raw", "data"])
def test_mnist_is_found_where_people_put_it(packed: Path, tmp_path: Path, where: str) -> None:
    place(packed, tmp_path / where)
    assert data.available("mnist", tmp_path) == ("mnist", None)
    loaded = data.load("mnist", tmp_path)
    assert loaded.train_images.shape == (60_000, 28, 28)
    assert list(loaded.train_labels[:5]) == [5, 0, 4, 1, 9]
    assert loaded.test_images.shape == (10_000, 28, 28)


@pytest.mark.mnist
def test_unpacked_files_in_a_read_only_folder_are_used(packed: Path, tmp_path: Path) -> None:
    folder = place(packed, tmp_path / "MNIST" / "raw", unpacked=True)
    folder.chmod(0o555)
    try:
        assert data.load("mnist", tmp_path).name == "mnist"
    finally:
        folder.chmod(0o755)


@pytest.mark.mnist
@pytest.mark.parametrize("damage", ["byte", "truncated", "empty", "longer"])
def test_a_damaged_file_is_named(packed: Path, tmp_path: Path, damage: str) -> None:
    place(packed, tmp_path)
    data.load("mnist", tmp_path)
    for source in tmp_path.glob("*.gz"):
        source.unlink()
    path = tmp_path / "data/MNIST/raw/train-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[30_000] ^= 1
    cut: dict[str, bytes | bytearray] = {
        "byte": content,
        "truncated": content[:5000],
        "empty": b"",
        "longer": content + b"0",
    }
    path.write_bytes(cut[damage])
    name, stand_in = data.available("mnist", tmp_path)
    assert stand_in is not None
    notice = data_stand_in(stand_in)
    assert name == "digits"
    assert "train-images-idx3-ubyte" in notice
    assert "t10k" not in notice


@pytest.mark.mnist
def test_a_damaged_unpacked_file_is_replaced_from_a_good_packed_one(packed: Path, tmp_path: Path) -> None:
    place(packed, tmp_path)
    data.load("mnist", tmp_path)
    (tmp_path / "data/MNIST/raw/t10k-labels-idx1-ubyte").write_bytes(b"nonsense")
    assert data.available("mnist", tmp_path) == ("mnist", None)
