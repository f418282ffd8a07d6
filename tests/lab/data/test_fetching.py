"""MNIST is fetched, or the reason said."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import data
from lab.data import fetching
from tests.lab.data.placed import place


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
