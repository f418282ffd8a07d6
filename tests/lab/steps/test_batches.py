"""Batches and losses: none is lost, none is out of order."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.steps import Batches
from tests.lab.steps.plain import batches, network_of, step_of, trained


def test_no_loss_is_lost_between_fetches() -> None:
    network = network_of("softmax regression")
    data = batches(3) * 700
    found = trained(step_of(network), data)
    assert len(found) == len(data)
    assert found[0] > found[-1]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 150), st.integers(1, 60), st.integers(0, 2**31))
def test_batches_are_the_samples_in_the_order_asked_for(samples: int, size: int, seed: int) -> None:
    drawn = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (samples, 28, 28), generator=drawn, dtype=torch.uint8)
    labels = torch.randint(0, 10, (samples,), generator=drawn)
    order = torch.randperm(samples, generator=drawn)
    seen = [(i.clone(), y.clone()) for i, y in Batches(images, labels, size)(order)]
    assert all(len(y) == size for _, y in seen[:-1])
    assert torch.equal(torch.cat([i for i, _ in seen]), images[order])
    assert torch.equal(torch.cat([y for _, y in seen]), labels[order])
