"""An operation is called so that what it reads is still there when it is read."""

from __future__ import annotations

import torch

from lab.steps.calls import _in_place
from lab.steps.tape import TapeOp

aten = torch.ops.aten


def test_an_operation_in_place_never_takes_over_the_memory_of_its_second_argument() -> None:
    first, second = torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0])
    operation = TapeOp(aten.add.Tensor, (first, second), {}, (torch.empty(2),))
    assert _in_place(operation, second) is None
    calls = _in_place(operation, None)
    assert calls is not None
    for call in calls:
        call()
    assert operation.results()[0].tolist() == [11.0, 22.0]
    over = TapeOp(aten.add.Tensor, (first, second), {}, (first,))
    calls = _in_place(over, first)
    assert calls is not None
    assert len(calls) == 1
