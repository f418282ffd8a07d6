"""Networks: what is reported is what is built, and what does not fit says why and how."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lab.network.build import build_network
from lab.parts.initialisations import INITIALISATIONS, Zeros
from lab.parts.layers import Flatten, Linear
from lab.presets import PRESETS
from lab.registry import SpecError
from lab.spec import NetworkSpec
from tests.support.parts import part

END = Linear(units=10, activation="identity")


def test_a_network_that_does_not_fit_is_not_built() -> None:
    with pytest.raises(SpecError, match=r"network\.layers\.0: .*Insert Flatten") as caught:
        build_network(NetworkSpec(layers=(Linear(), END)))
    assert len(caught.value.errors) == 1


def test_the_same_generator_gives_the_same_weights_and_leaves_torchs_own_alone() -> None:
    spec = PRESETS["small-cnn"].spec.network
    before = torch.get_rng_state()
    one, other, third = (
        build_network(spec, torch.Generator().manual_seed(seed)).state_dict() for seed in (3, 3, 4)
    )
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not torch.equal(one["0.conv.weight"], third["0.conv.weight"])


@pytest.mark.parametrize("name", INITIALISATIONS)
@pytest.mark.parametrize("preset", ["document-mlp", "small-cnn", "row-lstm", "tiny-vit"])
def test_every_initialisation_fills_every_kind_of_weight(name: str, preset: str) -> None:
    stack = PRESETS[preset].spec.network.layers
    start = part(INITIALISATIONS, name)
    network = build_network(NetworkSpec(layers=stack, initialisation=start))
    for key, value in network.state_dict().items():
        assert torch.isfinite(value).all(), key
        if "norm" in key:
            continue
        if "bias" in key and not start.keeps_default:
            assert not value.any(), key
        if value.dim() >= 2 and "position" not in key:
            assert value.any() == (not isinstance(start, Zeros)), key


def test_the_default_initialisation_is_that_of_plain_torch() -> None:
    stack = (Flatten(), Linear(units=30), END)
    network = build_network(NetworkSpec(layers=stack), torch.Generator().manual_seed(7))
    seed = int(torch.randint(2**62, (), generator=torch.Generator().manual_seed(7)))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        plain = nn.Sequential(nn.Linear(784, 30), nn.Linear(30, 10))
    assert all(
        torch.equal(mine, theirs)
        for mine, theirs in zip(network.parameters(), plain.parameters(), strict=True)
    )
