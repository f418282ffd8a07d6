"""The data sets: found where people put them, checked, and never a reason not to start."""

from __future__ import annotations

import functools
import gzip
import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.served import mnist_source
from lab import data
from lab.data import fetching, mnist
from lab.data.dataset import DataError
from lab.runs.wording import data_stand_in


@pytest.fixture
def packed() -> Path:
    """The folder with the four files as they are downloaded."""
    source = mnist_source()
    assert source is not None
    return source


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


def test_without_mnist_the_bundled_digits_are_used_and_said(tmp_path: Path) -> None:
    loaded = data.load("mnist", tmp_path)
    assert loaded.name == "digits"
    assert loaded.stand_in is not None
    notice = data_stand_in(loaded.stand_in)
    assert "1,797" in notice
    assert "python -m lab data --fetch" in notice
    assert "\n" not in notice


def test_bundled_digits_look_like_mnist(tmp_path: Path) -> None:
    loaded = data.load("digits", tmp_path)
    assert loaded.stand_in is None
    assert loaded.train_images.shape == (1437, 28, 28)
    assert loaded.test_images.shape == (360, 28, 28)
    assert loaded.train_images.dtype == loaded.train_labels.dtype == np.uint8
    assert set(loaded.train_labels) == set(loaded.test_labels) == set(range(10))
    grid = np.arange(28)
    for image in loaded.test_images[:50].astype(float):
        assert abs((image.sum(1) @ grid) / image.sum() - 13.5) < 1.6
        assert abs((image.sum(0) @ grid) / image.sum() - 13.5) < 1.6
        assert image[:2].sum() == image[-2:].sum() == 0


def test_bundled_digits_have_no_sample_in_both_parts(tmp_path: Path) -> None:
    loaded = data.load("digits", tmp_path)
    train = {image.tobytes() for image in loaded.train_images}
    shared = sum(image.tobytes() in train for image in loaded.test_images)
    assert shared == 0


def test_the_kept_copy_of_the_digits_is_the_same_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    first = data.load("digits", tmp_path)
    again = data.load("digits", tmp_path)
    assert (first.train_images == again.train_images).all()
    kept = next((tmp_path / "data").glob("*.npy"))
    kept.write_bytes(kept.read_bytes()[:1000])
    repaired = data.load("digits", tmp_path)
    assert (first.test_labels == repaired.test_labels).all()


def test_an_unknown_data_set_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"unknown data set 'minst'; did you mean 'mnist'\?"):
        data.load("minst", tmp_path)


def test_asking_what_is_available_imports_neither_torch_nor_scikit_learn(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from lab import data; "
        f"data.available('mnist', Path({str(tmp_path)!r})); "
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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
def test_images_cannot_be_written_to(packed: Path, tmp_path: Path) -> None:
    place(packed, tmp_path)
    with pytest.raises(ValueError, match="read-only"):
        data.load("mnist", tmp_path).train_images[0, 0, 0] = 1


@pytest.mark.mnist
def test_mnist_is_taken_as_soon_as_it_is_there(packed: Path, tmp_path: Path) -> None:
    assert data.load("mnist", tmp_path).name == "digits"
    place(packed, tmp_path)
    assert data.load("mnist", tmp_path).name == "mnist"


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
    cut = {"byte": content, "truncated": content[:5000], "empty": b"", "longer": content + b"0"}
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


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def mirror(packed: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(packed))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.mnist
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_fetched_again(
    packed: Path, tmp_path: Path, mirror: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(packed, tmp_path / "data/MNIST/raw", unpacked=True)
    (tmp_path / "data/MNIST/raw/train-labels-idx1-ubyte").write_bytes(b"x" * 60_008)
    monkeypatch.setattr(fetching, "MIRRORS", ("http://127.0.0.1:9/", mirror))
    monkeypatch.setattr(fetching.reachable_mirrors, "__defaults__", (fetching.MIRRORS, 4.0))
    shares: list[float] = []
    assert data.fetch("mnist", tmp_path, lambda name, share: shares.append(share)) == ""
    assert data.available("mnist", tmp_path) == ("mnist", None)
    assert shares[-1] == 1.0
    assert not list((tmp_path / "data/MNIST").rglob("*.gz"))
    assert not list((tmp_path / "data/MNIST").glob("fetch-*"))


def test_without_network_fetching_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.reachable_mirrors, "__defaults__", (("http://127.0.0.1:9/",), 1.0))
    assert "no MNIST mirror answers" in data.fetch("mnist", tmp_path)
