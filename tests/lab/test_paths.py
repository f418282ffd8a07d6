"""The data folder: where it is, and that no text from a link leads out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.paths import (
    HomeError,
    checkpoint_file,
    epoch_weights,
    is_run_id,
    lab_home,
    latest_weights,
    run_folder,
)


def test_the_variable_names_the_folder_and_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "a" / "b"))
    assert lab_home() == (tmp_path / "a" / "b").resolve()
    assert lab_home().is_dir()


def test_without_the_variable_it_is_the_users_own_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAB_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert lab_home().name == "layer-lab"


def test_a_file_in_its_place_is_named_in_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "file"))
    with pytest.raises(HomeError, match="file"):
        lab_home()


def test_the_files_of_a_run_lie_in_its_folder(tmp_path: Path) -> None:
    run_id = "amber-finch-k3v4qa"
    assert run_folder(tmp_path, run_id) == tmp_path / "runs" / run_id
    assert epoch_weights(tmp_path, run_id, 3).name == "epoch-003.safetensors"
    assert latest_weights(tmp_path, run_id).parent == checkpoint_file(tmp_path, run_id).parent


@given(st.text() | st.sampled_from(["../../etc", "amber-finch-k3v4qa\n", "amber-finch-k3v4qa/..", ""]))
def test_only_an_id_becomes_a_path(text: str) -> None:
    if not is_run_id(text):
        with pytest.raises(ValueError, match="is not the id of a run"):
            run_folder(Path("home"), text)
