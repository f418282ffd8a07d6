"""The budget: what a run would need is known before anything is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lab.network.build import build_network
from lab.parts.layers import AnyLayer, BatchNorm, Conv2d, Flatten, Linear, MaxPool, Residual, Transformer
from lab.presets import PRESETS
from lab.registry import SpecError
from lab.spec import RunSpec, changed
from lab.training.budget import admit, admit_here, estimate, with_data_at_hand
from tests.support.small_runs import SMALL_STACK, spec_of


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_may_start_and_its_parameters_are_counted(name: str) -> None:
    spec = PRESETS[name].spec
    needed = admit(spec)
    assert needed.parameters == sum(p.numel() for p in build_network(spec.network).parameters())
    assert 0 < needed.memory_gb < 2
    assert 0 < needed.epoch_s < 120


def wide() -> RunSpec:
    layers: tuple[AnyLayer, ...] = (
        Flatten(),
        *[Linear(units=16_384)] * 60,
        Linear(units=10, activation="identity"),
    )
    return spec_of(layers=layers)


def test_a_network_beyond_the_memory_is_refused_with_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_MAX_MEMORY_GB", "8")
    before = torch.get_rng_state()
    with pytest.raises(SpecError, match=r"GB would be needed .*; at most 8 GB are allowed") as caught:
        admit(wide())
    assert caught.value.errors[0].path == "network.layers"
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    ("changes", "copies"),
    [
        ({"optimizer": {"kind": "sgd", "momentum": 0.0}}, 8),
        ({"optimizer": {"kind": "sgd"}}, 13),
        ({"optimizer": {"kind": "adam"}}, 18),
        ({"optimizer": {"kind": "adam"}, "early_stopping": 3}, 24),
    ],
)
def test_the_memory_counts_what_the_optimizer_keeps(changes: dict[str, Any], copies: int) -> None:
    needed = estimate(spec_of(layers=(Flatten(), Linear(units=10_000), Linear(units=10)), **changes))
    assert needed.memory_gb - 0.4 == pytest.approx(needed.parameters * 4 * copies / 1e9, rel=0.05)


def test_a_run_beyond_the_memory_that_is_free_now_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("lab.training.budget.memory_free_mb", lambda: 900.0)
    admit_here(spec_of(), tmp_path)
    with pytest.raises(
        SpecError, match=r"at most 944 MB are free now. End other runs or programs, or use smaller"
    ):
        admit_here(spec_of(layers=(Flatten(), Linear(units=16_000), Linear(units=10))), tmp_path)


def test_a_limit_below_the_process_itself_does_not_send_people_to_the_batch_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAB_MAX_MEMORY_GB", "0.3")
    with pytest.raises(SpecError, match=r"takes 400 MB by itself") as caught:
        admit(spec_of())
    assert caught.value.errors[0].path == ""


def test_a_batch_beyond_the_memory_names_the_batch_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_MAX_MEMORY_GB", "2")
    layers = (Conv2d(channels=1024), Flatten(), Linear(units=10, activation="identity"))
    with pytest.raises(SpecError) as caught:
        admit(spec_of(layers=layers, data={"train_samples": 1437}, batch_size=1000))
    assert caught.value.errors[0].path == "train.batch_size"


def test_a_run_beyond_the_hours_is_refused_with_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_MAX_HOURS", "0.001")
    with pytest.raises(SpecError, match=r"10 epochs would take about .*LAB_MAX_HOURS"):
        admit(PRESETS["document-mlp"].spec)


def test_a_limit_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_MAX_HOURS", "soon")
    with pytest.raises(SpecError, match=r"LAB_MAX_HOURS: 'soon' is not a number above 0"):
        admit(spec_of())


def test_layers_that_do_not_fit_come_first() -> None:
    with pytest.raises(SpecError, match="needs a sequence of tokens") as caught:
        admit(spec_of(layers=(Transformer(), Linear(units=10))))
    assert caught.value.errors[0].path == "network.layers.0"


def test_early_stopping_without_validation_is_refused_at_the_field() -> None:
    with pytest.raises(SpecError, match=r"data\.validation_share"):
        admit(spec_of(early_stopping=3))
    admit(spec_of(early_stopping=3, data={"validation_share": 0.1}))


LAST = (Flatten(), Linear(units=10, activation="identity"))


@pytest.mark.parametrize(
    "layers",
    [
        (Flatten(), Linear(units=4), BatchNorm()),
        (Conv2d(kernel=28, padding=0), BatchNorm()),
        (MaxPool(kernel=28, stride=28), Residual()),
        (MaxPool(kernel=14, stride=14), Residual(stride=2)),
        (Conv2d(kernel=27, padding=0), BatchNorm()),
        (MaxPool(kernel=14, stride=14), Residual()),
    ],
)
def test_batch_normalisation_of_single_values_is_refused_at_the_field(layers: tuple[AnyLayer, ...]) -> None:
    spec = spec_of(layers=(*layers, *LAST), batch_size=1)
    try:
        build_network(spec.network)(torch.randn(1, 1, 28, 28))
    except ValueError:
        with pytest.raises(SpecError, match=r"train\.batch_size: batch normalisation needs"):
            admit(spec)
    else:
        admit(spec)
    admit(changed(spec, "batch_size", 2))


@pytest.mark.parametrize(("field", "value"), [("run", ""), ("run", "../other"), ("frozen", 64)])
def test_fine_tuning_that_cannot_begin_is_refused_at_the_field(field: str, value: object) -> None:
    able = changed(spec_of(layers=SMALL_STACK), "network.initialisation.kind", "run")
    able = changed(able, "network.initialisation.run", "amber-finch-k3v7qa")
    admit(able)
    with pytest.raises(SpecError) as caught:
        admit(changed(able, f"network.initialisation.{field}", value))
    assert [error.path for error in caught.value.errors] == [f"network.initialisation.{field}"]


def test_a_device_that_is_not_there_is_refused_at_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SpecError, match=r"train\.device: there is no CUDA device on this machine"):
        admit(spec_of(device="cuda"))


def test_an_estimate_is_of_the_digits_where_they_stand_in_for_mnist(tmp_path: Path) -> None:
    asked = PRESETS["lenet5"].spec
    standing_in = with_data_at_hand(asked, tmp_path)
    assert standing_in == changed(asked, "data.dataset", "digits")
    assert with_data_at_hand(standing_in, tmp_path) is standing_in
    assert estimate(standing_in).epoch_s < estimate(asked).epoch_s / 10


def test_more_epochs_take_longer_in_proportion() -> None:
    one = estimate(PRESETS["lenet5"].spec)
    ten = estimate(changed(PRESETS["lenet5"].spec, "epochs", 50))
    assert ten.hours == pytest.approx(10 * one.hours)
