"""Played again on other numbers, a recorded piece of work gives what the work itself gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from lab.steps.replay import replay_of
from lab.steps.tape import record

WORK: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "elementwise": lambda a, b: (a + b) * torch.relu(a) - b,
    "product": lambda a, b: torch.tanh(a @ b.t()) @ b,
    "read twice": lambda a, b: (a * 2) + (a * 2).exp() * b,
    "views": lambda a, b: (a.t() + 1).t()[1:].sum(0) + b.view(-1)[:6],
    "constants": lambda a, b: a * torch.ones_like(b) + torch.zeros(4, 6),
    "softmax": lambda a, b: torch.log_softmax(a * b, 1),
}


@pytest.mark.parametrize("name", WORK)
def test_a_replay_gives_what_the_work_gives(name: str) -> None:
    a, b = torch.rand(4, 6), torch.rand(4, 6)
    result, tape = record(lambda: WORK[name](a, b), 1 << 20)
    assert not tape.refusal
    target = torch.empty_like(result)
    calls, (kept,) = replay_of(tape.operations, [result], [(result, target)])
    for _ in range(3):
        a.copy_(torch.rand(4, 6))
        b.copy_(torch.rand(4, 6))
        before = (a.clone(), b.clone())
        for call in calls:
            call()
        expected = WORK[name](a, b)
        torch.testing.assert_close(kept, expected, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(target, expected, rtol=1e-6, atol=1e-6)
        assert torch.equal(a, before[0])  # what is given is read and never written over
        assert torch.equal(b, before[1])


def test_random_numbers_are_drawn_anew() -> None:
    result, tape = record(lambda: torch.rand(8) + 0, 1 << 20)
    calls, (kept,) = replay_of(tape.operations, [result], [])
    seen = set()
    for _ in range(3):
        for call in calls:
            call()
        seen.add(tuple(kept.tolist()))
    assert len(seen) == 3
