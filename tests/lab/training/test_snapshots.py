"""Snapshots: what a page is shown of a network agrees with the network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lab.events import Snapshot, from_json, to_json
from lab.network.build import build_network
from lab.parts.layers import AnyLayer, BatchNorm, Conv2d, Flatten, Linear, MaxPool, Recurrent, Residual
from lab.presets import PRESETS
from lab.spec import NetworkSpec
from lab.training.samples import Prepare
from lab.training.snapshots import Snapshots
from tests.support.narrowing import as_a, present
from tests.support.small_runs import digits

END = Linear(units=10, activation="identity")
PREPARE = Prepare("half")


def shot_of(spec: NetworkSpec, network: nn.Sequential | None = None, step: float = 0.1) -> Snapshot:
    """A snapshot after one step of plain gradient descent."""
    network = network or build_network(spec)
    images = torch.from_numpy(np.array(digits().test_images[:100]))
    labels = torch.from_numpy(np.array(digits().test_labels[:100])).long()
    watch = Snapshots(spec, network, PREPARE, images)
    nn.functional.cross_entropy(network(PREPARE(images)), labels).backward()
    before = watch.weights()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.sub_(step * present(parameter.grad))
    return watch.snapshot(1, before)


def dense(network: nn.Sequential) -> nn.Linear:
    """The linear map of its second layer."""
    return as_a(nn.Linear, network[1].get_submodule("linear"))


@pytest.mark.parametrize("name", PRESETS)
def test_a_snapshot_of_every_preset_travels_as_json(name: str) -> None:
    spec = PRESETS[name].spec.network
    shot = shot_of(spec)
    assert from_json(to_json(shot)) == shot
    assert len(to_json(shot)) < 120_000
    assert len(shot.activations) == len(spec.layers)
    assert shot.weights
    assert {len(picture) for picture in shot.weights} == {shot.weight_height * shot.weight_width}
    assert all(present(layer.gradient_norm) > 0 and present(layer.update_ratio) > 0 for layer in shot.layers)


PICTURES: dict[str, tuple[tuple[AnyLayer, ...], tuple[int, int, int]]] = {
    "dense": ((Flatten(), Linear(units=5), END), (5, 28, 28)),
    "dense on smaller images": ((MaxPool(), Flatten(), Linear(units=5), END), (5, 14, 14)),
    "kernels": ((Conv2d(channels=6, kernel=5), Flatten(), END), (6, 5, 5)),
    "residual": ((Residual(channels=7), Flatten(), END), (7, 3, 3)),
    "gates by rows": ((Recurrent(cell="lstm", units=9), END), (9, 4, 28)),
    "after normalisation": ((BatchNorm(), Flatten(), END), (10, 28, 28)),
    "many": ((Flatten(), Linear(units=100), END), (32, 28, 28)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_first_weights_are_pictures(name: str) -> None:
    layers, (count, height, width) = PICTURES[name]
    shot = shot_of(NetworkSpec(layers=layers))
    assert (len(shot.weights), shot.weight_height, shot.weight_width) == (count, height, width)


def test_a_picture_is_the_weights_of_one_unit_scaled_by_the_largest() -> None:
    spec = NetworkSpec(layers=(Flatten(), Linear(units=5), END))
    network = build_network(spec)
    shot = shot_of(spec, network)
    weights = dense(network).weight.detach()[3]
    expected = weights / weights.abs().max() * 127
    assert np.allclose(shot.weights[3], expected.numpy(), atol=0.51)


def test_figures_of_a_layer_are_those_of_plain_torch() -> None:
    spec = NetworkSpec(layers=(Flatten(), Linear(units=5), END))
    network = build_network(spec)
    before = dense(network).weight.detach().clone()
    shot = shot_of(spec, network)
    linear = dense(network)
    images = torch.from_numpy(np.array(digits().test_images[:100]))
    with torch.no_grad():
        hidden = network[:2](PREPARE(images))
        answers = network(PREPARE(images[:12])).softmax(1)
    layer = shot.layers[0]
    whole = torch.cat([present(linear.weight.grad).flatten(), present(linear.bias.grad)])
    assert layer.gradient_norm == pytest.approx(whole.norm().item(), rel=1e-3)
    change = (linear.weight.detach() - before).norm() / before.norm()
    assert layer.update_ratio == pytest.approx(change.item(), rel=1e-2)
    assert layer.dead_share == pytest.approx((hidden <= 0).all(0).float().mean().item())
    assert layer.mean_activation == pytest.approx(hidden.mean().item(), rel=1e-3)
    assert np.allclose(np.array(shot.activations[1], float), hidden.mean(0), atol=1e-3)
    assert np.allclose(np.array(shot.probabilities, float), answers, atol=1e-3)


def test_dead_units_are_counted() -> None:
    spec = NetworkSpec(layers=(Flatten(), Linear(units=8), END))
    network = build_network(spec)
    with torch.no_grad():
        dense(network).bias[:6] = -1e6
    assert present(shot_of(spec, network, step=0.0).layers[0].dead_share) >= 0.75
