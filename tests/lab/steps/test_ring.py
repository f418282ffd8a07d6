"""No loss is lost, however many there are between two looks."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from lab.steps.ring import LossRing


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 5))
def test_the_losses_come_in_order_and_once(blocks: list[int], size: int) -> None:
    ring, number, fetched = LossRing(torch.device("cpu"), size), 0, []
    for block in blocks:
        for _ in range(block):
            ring.append(torch.tensor(float(number)))
            number += 1
        fetched += ring.fetch()
    assert fetched == [float(each) for each in range(number)]
    assert ring.fetch() == []


def test_a_loss_is_the_one_that_it_was_when_it_was_kept() -> None:
    ring, loss = LossRing(torch.device("cpu")), torch.tensor(1.0)
    ring.append(loss)
    loss.fill_(2.0)
    ring.append(loss)
    assert ring.fetch() == [1.0, 2.0]
