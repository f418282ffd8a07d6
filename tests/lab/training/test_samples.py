"""Samples: a split without overlap, noise of the size asked for, an order that only the seed decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.parts.normalisation import NORMALISATIONS
from lab.spec import DataSpec
from lab.training.epochs import steps_per_epoch
from lab.training.samples import Prepare, Samples, draw_samples, epoch_order
from tests.support.small_runs import digits


def drawn(seed: int = 0, **fields: Any) -> Samples:
    return draw_samples(DataSpec(dataset="digits", **fields), seed, digits(), torch.device("cpu"))


@settings(max_examples=40, deadline=None)
@given(count=st.integers(20, 3000), share=st.floats(0, 0.5), seed=st.integers(0, 2**31 - 1))
def test_training_and_validation_share_no_sample_and_are_as_large_as_asked(
    count: int, share: float, seed: int
) -> None:
    samples = drawn(seed, train_samples=count, validation_share=share)
    train, validation = set(samples.train.tolist()), set(samples.validation.tolist())
    whole = min(count, 1437)
    assert not train & validation
    assert len(train) + len(validation) == whole
    assert len(validation) == round(whole * share)
    assert set(samples.probe.tolist()) <= train


def test_the_whole_data_set_is_used_unless_less_is_asked_for() -> None:
    assert drawn().train.tolist() == list(range(1437))


def test_the_seed_decides_the_split() -> None:
    one, same, other = (drawn(seed, train_samples=100) for seed in (1, 1, 2))
    assert torch.equal(one.train, same.train)
    assert not torch.equal(one.train, other.train)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_label_noise_replaces_that_share_of_training_labels_and_no_other(share: float) -> None:
    samples = drawn(label_noise=share, validation_share=0.2)
    truth = torch.from_numpy(np.array(digits().train_labels)).long()
    wrong = samples.labels != truth
    assert int(wrong.sum()) == round(share * len(samples.train))
    assert not wrong[samples.validation].any()
    assert torch.equal(samples.test_labels, torch.from_numpy(np.array(digits().test_labels)).long())


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 500), batch=st.integers(1, 600), epoch=st.integers(0, 5))
def test_an_epoch_shows_every_sample_once_but_never_a_batch_of_one(
    count: int, batch: int, epoch: int
) -> None:
    batch = min(batch, count)
    order = epoch_order(torch.arange(count), batch, seed=3, epoch=epoch)
    batches = order.split(batch)
    assert len(batches) == steps_per_epoch(count, batch)
    assert len(set(order.tolist())) == len(order)
    alone = batch > 1 and count > 1 and count % batch == 1
    assert len(order) == count - alone
    assert batch == 1 or count == 1 or all(len(rows) > 1 for rows in batches)


def test_every_epoch_has_an_order_of_its_own() -> None:
    train = torch.arange(50)
    orders = [tuple(epoch_order(train, 10, 0, epoch).tolist()) for epoch in range(20)]
    assert len(set(orders)) == 20
    assert tuple(epoch_order(train, 10, 1, 0).tolist()) != orders[0]


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_training_sees_what_inference_sees(name: str) -> None:
    every = torch.arange(256, dtype=torch.uint8).repeat(4)[:784].view(1, 28, 28)
    expected = NORMALISATIONS[name](every.unsqueeze(1).double() / 255)
    prepare = Prepare(name)
    room = torch.empty(1, 1, 28, 28)
    assert torch.allclose(prepare(every).double(), expected, atol=1e-6)
    assert prepare(every, out=room) is room
    assert torch.equal(room, prepare(every))


def test_the_images_are_shared_not_copied() -> None:
    samples = drawn(train_samples=100)
    assert samples.images.data_ptr() == digits().train_images.ctypes.data
