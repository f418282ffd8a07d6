"""The data sets: found where people put them, checked, and never a reason not to start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lab import data
from lab.data.dataset import DataError
from lab.runs.wording import data_stand_in
from tests.lab.data.placed import place


def test_without_mnist_the_bundled_digits_are_used_and_said(tmp_path: Path) -> None:
    loaded = data.load("mnist", tmp_path)
    assert loaded.name == "digits"
    assert loaded.stand_in is not None
    notice = data_stand_in(loaded.stand_in)
    assert "1,797" in notice
    assert "python -m lab data --fetch" in notice
    assert "\n" not in notice


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
def test_mnist_is_taken_as_soon_as_it_is_there(packed: Path, tmp_path: Path) -> None:
    assert data.load("mnist", tmp_path).name == "digits"
    place(packed, tmp_path)
    assert data.load("mnist", tmp_path).name == "mnist"
