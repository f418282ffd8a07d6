"""Fine-tuning goes on from another run's weights, keeps what is frozen, and refuses what cannot fit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lab.data import load
from lab.events import Checkpoint, Started, WeightsCopied
from lab.network.build import build_network
from lab.network.transfer import hindrances
from lab.network.weights import save
from lab.parts.initialisations import FromRun
from lab.paths import latest_weights
from lab.presets import preset
from lab.registry import SpecError
from lab.spec import RunSpec, changed
from lab.training.loop import train

BASE = changed(changed(preset("document-mlp"), "data.train_samples", 200), "train.epochs", 1)


def tuned(frozen: int = 0, spec: RunSpec = BASE) -> RunSpec:
    start = FromRun(run="amber-finch-k3v7qa", frozen=frozen).model_dump()
    return changed(changed(spec, "network.initialisation", start), "train.optimizer.lr", 0.05)


def last_weights(home: Path, spec: RunSpec, first: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    found = [e for e in train(spec, load("digits", home), first_weights=first) if isinstance(e, Checkpoint)]
    return dict(found[-1].weights)


def test_frozen_layers_keep_the_weights_they_were_given(home: Path) -> None:
    first = build_network(BASE.network, torch.Generator().manual_seed(7)).state_dict()
    first = {name: tensor.clone() for name, tensor in first.items()}
    last = last_weights(home, tuned(frozen=3), first)
    for name, tensor in first.items():
        same = torch.equal(last[name], tensor)
        assert same == (int(name.split(".")[0]) < 3), name


def test_layers_of_another_shape_start_afresh_and_it_is_said(home: Path) -> None:
    first = build_network(BASE.network, torch.Generator().manual_seed(7)).state_dict()
    wider = changed(tuned(), "network.layers.3.units", 32)
    started = next(iter(train(wider, load("digits", home), first_weights=first)))
    assert isinstance(started, Started)
    assert started.notes == (WeightsCopied(copied=5, tensors=8),)


def test_weights_of_which_none_fits_are_refused(home: Path) -> None:
    with pytest.raises(SpecError, match="no layer of that run"):
        list(train(tuned(), load("digits", home), first_weights={"9.linear.weight": torch.zeros(2)}))


def test_freezing_everything_is_refused(home: Path) -> None:
    first = build_network(BASE.network).state_dict()
    with pytest.raises(SpecError, match="leave nothing to train"):
        list(train(tuned(frozen=60), load("digits", home), first_weights=first))


def test_what_keeps_a_run_from_going_on_is_known_before_it_starts(home: Path) -> None:
    def reasons(spec: RunSpec) -> str:
        return " ".join(str(error.message) for error in hindrances(spec, home))

    assert "no weights of a run 'amber-finch-k3v7qa'" in reasons(tuned())
    file = latest_weights(home, "amber-finch-k3v7qa")
    save(file, build_network(preset("lenet5").network).state_dict(), {})
    assert reasons(tuned()) == "no layer of that run has the shape of one here"
    assert not reasons(
        tuned(spec=changed(preset("lenet5"), "network.layers.0.channels", 7))
    )  # the last ones fit
    assert not reasons(
        changed(tuned(), "network.layers.0", {"kind": "conv2d"})
    )  # another mistake, said elsewhere
    save(file, build_network(BASE.network).state_dict(), {})
    assert not reasons(tuned())
    file.write_bytes(b"rubbish")
    assert "is not a safetensors file" in reasons(tuned())
