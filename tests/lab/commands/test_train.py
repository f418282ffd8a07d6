"""`python -m lab train`: the page's numbers on the command line, and errors that name what is wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.__main__ import main
from lab.events import Finished
from lab.presets import PRESETS, preset
from lab.runs.store import Store
from tests.support.kept import last_of
from tests.support.narrowing import present
from tests.support.waiting import end_runner, patience, small

FAST = ["--preset", "softmax", "--set", "dataset=digits", "--set", "train_samples=300", "--epochs", "2"]


@pytest.fixture(scope="module")
def one_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder, and so a warm runner, for all tests of this module."""
    home = tmp_path_factory.mktemp("home")
    yield home
    end_runner(home)


@pytest.fixture(autouse=True)
def _home(home: Path, one_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_HOME", str(one_home))


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["train", *FAST, "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_prints_a_line_for_each_epoch_and_a_last_one_and_keeps_the_run(
    capsys: pytest.CaptureFixture[str], one_home: Path
) -> None:
    *epochs, last = lines(capsys, "--epochs", "3", "--title", "From a shell")
    assert [line["epoch"] for line in epochs] == [1, 2, 3]
    assert last["epoch_s"] == [line["epoch_s"] for line in epochs]
    assert 0.3 < last["test_accuracy"] <= 1
    assert last["samples_per_s"] > 0
    store = Store(one_home)
    run = present(store.run(last["run"]))
    assert (run.state, run.title, run.test_accuracy) == ("finished", "From a shell", last["test_accuracy"])
    store.close()


def test_same_seed_same_numbers_here_and_on_a_page(
    capsys: pytest.CaptureFixture[str], one_home: Path
) -> None:
    def figures(said: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return [(line.get("train_loss"), line.get("test_accuracy"), line.get("test_loss")) for line in said]

    first, again = figures(lines(capsys, "--seed", "7")), figures(lines(capsys, "--seed", "7"))
    assert first == again
    assert figures(lines(capsys, "--seed", "8")) != first
    store = Store(one_home)
    run_id = store.submit(
        small(train_samples=300, batch_size=preset("softmax").train.batch_size, epochs=2, seed=7)
    )
    for _ in patience():
        if store.last_event(run_id, "finished") is not None:
            break
        time.sleep(0.02)
    ended = last_of(store, run_id, Finished)
    assert (ended.test_accuracy, ended.test_loss) == first[-1][1:]
    store.close()


def test_a_configuration_file_is_read_and_the_words_are_for_people(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "spec.json"
    path.write_text(small(epochs=1).model_dump_json())
    assert main(["train", str(path), "--set", "optimizer=adam", "--set", "optimizer.lr=0.01"]) == 0
    said = capsys.readouterr()
    assert "epoch   1" in said.out
    assert "test accuracy" in said.out
    assert "samples of Bundled digits" in said.err


def test_a_run_that_cannot_go_on_ends_with_1_and_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--set", "optimizer=sgd", "--set", "optimizer.lr=100", "--set", "loss=mse", "--epochs", "30"]
    assert main(["train", *FAST, "--json", *arguments]) == 1
    said = capsys.readouterr()
    last = json.loads(said.out.splitlines()[-1])
    assert last["state"] == "failed"
    assert last["reason"]
    assert last["reason"] in said.err


def test_ctrl_c_stops_the_run_and_keeps_its_weights(one_home: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "lab",
        "train",
        *FAST,
        "--set",
        "batch_size=1",
        "--epochs",
        "1000",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = json.loads(present(process.stdout).readline())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["state"] == "stopped"
    assert "Traceback" not in err
    store = Store(one_home)
    assert present(store.run(first["run"])).state == "stopped"
    assert (one_home / "runs" / first["run"] / "latest.safetensors").exists()
    store.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "lenet"], "unknown preset 'lenet'; did you mean 'lenet5'?"),
        (["--preset", ""], "unknown preset ''"),
        ([""], "is a directory"),
        (["--set", "optimizr.lr=0.1"], "unknown key 'optimizr'; did you mean 'optimizer'?"),
        (["--set", "optimizer=adan"], "unknown kind 'adan'; did you mean 'adam'?"),
        (["--set", "optimizer.lr=fast"], "train.optimizer.lr: 'fast' is not a number"),
        (["--set", "optimizer.lr=-1"], "train.optimizer.lr: -1"),
        (["--set", "dataset=mnost"], "unknown data set 'mnost'; did you mean 'mnist'?"),
        (["--set", "network.layers.9.kind=linear"], "unknown index '9'"),
        (["--set", "lr"], "'lr' is not FIELD=VALUE"),
        (["--set", "=3"], "'=3' is not FIELD=VALUE"),
        (["--set", "title=" + "[" * 100_000], "title"),
        (["--epochs", "0"], "train.epochs: 0 is not allowed"),
        (["--seed", "-1"], "train.seed: -1 is not allowed"),
        (["nowhere.json"], "nowhere.json"),
        (["spec.json", "--preset", "softmax"], "not both"),
        (["--set", "network.layers=[]"], "network.layers"),
        (["--set", "early_stopping=3"], "validation"),
        (["--set", "title.x=3"], "unknown key 'x'; allowed: none"),
        (["--title", "x" * 81], "title: 81 characters; at most 80 are allowed"),
        (["--set", "initialisation=run"], "network.initialisation.run: '' is not the id of a run"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_starts(
    capsys: pytest.CaptureFixture[str], one_home: Path, arguments: list[str], said: str
) -> None:
    store = Store(one_home)
    before = len(store.runs())
    assert main(["train", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert len(store.runs()) == before
    store.close()


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_named(name: str) -> None:
    import argparse

    from lab.commands.train import chosen_spec

    args = argparse.Namespace(spec=None, preset=name, epochs=3, seed=4, set=["train.optimizer.lr=0.5"])
    spec = chosen_spec(args)
    assert (spec.train.epochs, spec.train.seed, spec.train.optimizer.lr) == (3, 4, 0.5)
