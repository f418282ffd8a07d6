"""What torch's inside is asked still answers as it did: the first test to look at after an update of torch."""

from __future__ import annotations

import torch

from lab.steps import torch_internals as internals

aten = torch.ops.aten


def test_an_operation_has_its_name_its_arguments_and_its_results() -> None:
    assert internals.name_of(aten.addmm.out) == "addmm"
    names = [argument.name for argument in internals.arguments_of(aten.addmm.default)]
    assert names == ["self", "mat1", "mat2", "beta", "alpha"]
    assert internals.result_count(aten.max_pool2d_with_indices.default) == 2


def test_what_is_written_to_is_told_from_what_is_only_read() -> None:
    written = [argument.name for argument in internals.arguments_of(aten.add_.Tensor) if argument.is_written]
    assert written == ["self"]
    outs = [argument.name for argument in internals.arguments_of(aten.mul.out) if argument.is_out]
    assert outs == ["out"]
    assert not any(argument.is_written for argument in internals.arguments_of(aten.mul.Tensor))


def test_a_variant_that_writes_is_found() -> None:
    assert aten.mul.out in internals.variants_of(aten.mul.Tensor)
