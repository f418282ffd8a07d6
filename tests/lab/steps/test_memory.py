"""Which tensors share memory, and when it may be written over."""

from __future__ import annotations

import torch

from lab.steps.memory import Memories, fills_its_memory, memory_of, same_layout
from lab.steps.tape import record


def test_a_view_shares_memory_and_does_not_fill_it() -> None:
    whole = torch.zeros(4, 4)
    part = whole[1:]
    assert memory_of(whole) == memory_of(part)
    assert memory_of(whole) != memory_of(whole.clone())
    assert fills_its_memory(whole)
    assert fills_its_memory(whole.t())
    assert not fills_its_memory(part)


def test_the_same_layout_is_the_same_type_shape_and_order() -> None:
    a = torch.zeros(2, 3)
    assert same_layout(a, torch.ones(2, 3))
    assert not same_layout(a, torch.zeros(3, 2).t())
    assert not same_layout(a, torch.zeros(2, 3).double())
    assert not same_layout(a, torch.zeros(6))


def test_memory_may_be_written_over_at_its_last_use_and_not_before_nor_the_inputs() -> None:
    given = torch.ones(5)

    def work() -> torch.Tensor:
        first = given + 1  # 0
        second = first * 2  # 1: first is read again
        return second + first  # 2: the last use of both

    result, tape = record(work, 1 << 20)
    memories = Memories(tape.operations)
    memories.count_uses(range(3), [memory_of(result)])
    assert memories.overwritable(0) is None
    assert memories.overwritable(1) is None
    over = memories.overwritable(2)
    assert over is not None
    made = {memory_of(memories.made_by(index)[0]) for index in (0, 1)}
    assert memory_of(over) in made


def test_a_merged_result_lives_where_the_older_one_lived() -> None:
    given = torch.ones(5)
    result, tape = record(lambda: (given + 1) * 2, 1 << 20)
    memories = Memories(tape.operations)
    memories.count_uses(range(2), [memory_of(result)])
    (older,), (newer,) = memories.made_by(0), memories.made_by(1)
    memories.merge(newer, older)
    assert memories.home(newer) == memory_of(older)
    assert memories.touched_by(1) == {memory_of(older)}
