"""Torch's generators go on where they stood."""

from __future__ import annotations

import torch

from lab.steps.generators import generator_states, set_generator_states

CPU = torch.device("cpu")


def test_put_back_a_generator_draws_the_same_again() -> None:
    kept = generator_states(CPU)
    first = torch.rand(5)
    assert not torch.equal(torch.rand(5), first)
    set_generator_states(kept, CPU)
    assert torch.equal(torch.rand(5), first)


def test_of_a_device_that_is_not_there_nothing_is_put_back() -> None:
    kept = generator_states(CPU)
    before = torch.get_rng_state()
    set_generator_states({"cuda": kept["cpu"]}, CPU)
    assert torch.equal(torch.get_rng_state(), before)
