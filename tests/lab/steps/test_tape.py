"""What runs is written down, operation by operation, or refused with the reason."""

from __future__ import annotations

import torch

from lab.steps.tape import name_of, own, record, tensors_in

PLENTY = 1 << 20


def test_the_operations_are_there_in_their_order_with_what_they_read_and_made() -> None:
    a, b = torch.ones(2, 3), torch.ones(3, 4)
    result, tape = record(lambda: torch.relu(a @ b).sum(), PLENTY)
    assert result.item() == 24.0
    assert [name_of(operation) for operation in tape.operations] == ["mm", "relu", "sum"]
    product = tape.operations[0]
    assert [tensor.data_ptr() for tensor in product.read()] == [a.data_ptr(), b.data_ptr()]
    assert [tensor.shape for tensor in product.results()] == [(2, 4)]
    assert product.written() == []
    assert tape.held_bytes == 4 * (8 + 8 + 1)


def test_forward_and_backward_are_both_written_down() -> None:
    weight = torch.ones(3, requires_grad=True)
    _, tape = record(lambda: torch.autograd.grad((weight * weight).sum(), weight), PLENTY)
    assert [name_of(operation) for operation in tape.operations].count("mul") >= 2


def test_what_is_changed_in_place_is_known() -> None:
    a = torch.zeros(3)
    _, tape = record(lambda: a.add_(1.0), PLENTY)
    (operation,) = tape.operations
    assert [tensor.data_ptr() for tensor in operation.written()] == [a.data_ptr()]


def test_what_depends_on_a_value_is_refused_and_still_runs() -> None:
    a = torch.tensor([0.0, 1.0, 2.0])
    result, tape = record(lambda: a[a > 0.5].sum(), PLENTY)
    assert result.item() == 3.0
    assert "depend on a value" in str(tape.refusal)
    assert tape.operations == []


def test_a_batch_that_holds_too_much_is_refused() -> None:
    result, tape = record(lambda: torch.ones(1 << 20) * 2, 1 << 20)
    assert result.sum().item() == 2 << 20
    assert str(tape.refusal) == "a batch passes through more than 1 MB"


def test_a_tensor_of_the_tapes_own_looks_at_the_same_memory_without_autograd() -> None:
    weight = torch.ones(4, 6, requires_grad=True)
    alias = own(weight.t()[1:])
    assert (alias.shape, alias.stride()) == (weight.t()[1:].shape, weight.t()[1:].stride())
    assert not alias.requires_grad
    alias.fill_(5.0)
    assert weight.detach()[0, 1] == 5.0
    assert own([1, (alias,)])[1][0].data_ptr() == alias.data_ptr()


def test_tensors_are_found_in_nested_lists() -> None:
    a, b = torch.ones(1), torch.ones(2)
    assert list(tensors_in([1, (a, [b, None]), "x"])) == [a, b]
