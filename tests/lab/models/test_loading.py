"""A model is loaded by its name, its run or its file; what cannot be is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lab.models.answers import answer, through_training
from lab.models.loading import ModelError, load_model
from lab.network.build import build_network
from lab.network.weights import save
from lab.paths import latest_weights
from lab.presets import PRESETS
from lab.spec import RunSpec
from tests.lab.models.saved import RUN, saved
from tests.support.drawn_digits import framed


def test_a_run_answers_with_its_latest_weights_while_it_trains(tmp_path: Path, spec: RunSpec) -> None:
    path = latest_weights(tmp_path, RUN)
    saved(path, spec, epoch="1")
    first = load_model(RUN, tmp_path)
    assert first.epoch == 1
    weights = {name: torch.zeros_like(tensor) for name, tensor in first.network.state_dict().items()}
    saved(path, spec, weights, epoch="2")
    second = load_model(RUN, tmp_path)
    assert second.epoch == 2
    assert answer(second, framed(7)).probabilities == pytest.approx([0.1] * 10)


def test_a_deleted_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="it was deleted"):
        load_model(RUN, tmp_path)
    with pytest.raises(ModelError, match="it was deleted"):
        through_training(RUN, framed(1), tmp_path)
    latest_weights(tmp_path, RUN).parent.mkdir(parents=True)
    with pytest.raises(ModelError, match="no weights yet"):
        load_model(RUN, tmp_path)


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("cnnn", "unknown model 'cnnn'; did you mean 'cnn'?"),
        ("../../etc/passwd", "unknown model"),
        ("nowhere/x.safetensors", "there is no file 'nowhere/x.safetensors'"),
        (f"{RUN}@first", "'first' is not an epoch"),
        (f"{RUN}@0", "'0' is not an epoch"),
        ("", "unknown model ''"),
    ],
)
def test_an_unknown_model_is_named(reference: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        load_model(reference, tmp_path)
    assert says in str(error.value)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, spec: RunSpec) -> None:
    path = tmp_path / "x.safetensors"
    network = build_network(spec.network)
    cases = {
        "not a safetensors file": lambda: path.write_bytes(b"\x08" + b"\0" * 40),
        "no spec in its metadata": lambda: save(path, network.state_dict(), {}),
        "holds a spec that cannot be used": lambda: save(path, network.state_dict(), {"spec": "{}"}),
        "layer 1 has no weights": lambda: saved(path, spec, {"a": torch.zeros(3)}),
        "training diverged": lambda: saved(
            path, spec, {name: tensor * torch.nan for name, tensor in network.state_dict().items()}
        ),
    }
    for says, make in cases.items():
        make()
        with pytest.raises(ModelError, match=says):
            load_model(str(path))


def test_a_small_file_cannot_ask_for_a_network_that_fills_the_memory(tmp_path: Path) -> None:
    spec = PRESETS["document-mlp"].spec
    wide = spec.model_dump(mode="json")
    wide["network"]["layers"][1]["units"] = wide["network"]["layers"][2]["units"] = 16_384
    path = tmp_path / "wide.safetensors"
    weights = build_network(spec.network).state_dict()
    save(path, weights, {"spec": json.dumps(wide)})
    with pytest.raises(ModelError, match="layer 1 has weights 256 × 784"):
        load_model(str(path))


def test_half_precision_weights_are_read(tmp_path: Path, spec: RunSpec) -> None:
    weights = {name: tensor.half() for name, tensor in build_network(spec.network).state_dict().items()}
    saved(tmp_path / "half.safetensors", spec, weights)
    assert sum(
        answer(load_model(str(tmp_path / "half.safetensors")), framed(1)).probabilities
    ) == pytest.approx(1)
