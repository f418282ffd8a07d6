"""Matrix products of a replayed step, through OpenBLAS or oneDNN where they are faster than torch's own library.

Owns how tensors are handed over: as they lie, nothing is copied. Knows neither tapes nor networks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from lab.blas import openblas_is_faster

_LARGE = 100_000  # weights; below, OpenBLAS is as fast or faster


def product_into(
    left: Tensor, right: Tensor, result: Tensor, added: Tensor | None
) -> Callable[[], None] | None:
    """The call that writes `left @ right`, plus `added` if given, into `result`; None where torch is to do it.

    Shapes: left (m, k), right (k, n), result (m, n) float32, by rows or by columns; added (n,) or (m, n).
    """
    matrices = (left, right, result)
    if not openblas_is_faster() or any(m.dtype != torch.float32 or m.numel() == 0 for m in matrices):
        return None
    if not all(_rows_or_columns(matrix) for matrix in matrices):
        return None
    if added is not None and added.dim() == 1 and right.numel() >= _LARGE and right.stride(0) == 1:
        return _linear(left, right, result, added)
    return _Product(left, right, result, added)


def _linear(inputs: Tensor, weights: Tensor, result: Tensor, bias: Tensor) -> Callable[[], None]:
    """A linear layer through oneDNN, which reads large weights across their rows a tenth faster than OpenBLAS."""
    run = torch.ops.mkldnn._linear_pointwise.default._op

    def call() -> None:
        result.copy_(run(inputs, weights.t(), bias, "none", [], ""))  # it takes no place to write to

    return call


class _Product:
    """A product of tensors that may look at other memory in the next batch."""

    def __init__(self, left: Tensor, right: Tensor, result: Tensor, added: Tensor | None) -> None:
        self._left, self._right, self._result, self._added = left, right, result, added
        self._at = (0, 0, 0)
        self._multiply: Callable[[], object] = lambda: None

    def __call__(self) -> None:
        at = (self._left.data_ptr(), self._right.data_ptr(), self._result.data_ptr())
        if at != self._at:
            self._at, self._multiply = at, self._bound()
        if self._added is not None:
            self._result.copy_(self._added)
        self._multiply()

    def _bound(self) -> Callable[[], object]:
        import numpy as np
        from scipy.linalg.blas import sgemm

        left, right, result = self._left.numpy(), self._right.numpy(), self._result.numpy()
        if not result.flags.c_contiguous:  # the same by columns: (AB)' = B'A'
            left, right, result = right.T, left.T, result.T
        if self._added is None:
            return partial(np.dot, left, right, out=result)
        # In Fortran's eyes all is transposed, so the factors change places.
        first, second = right.T, left.T
        turned = [not matrix.flags.f_contiguous for matrix in (first, second)]
        first, second = (
            matrix.T if turn else matrix for matrix, turn in zip((first, second), turned, strict=True)
        )
        return partial(
            sgemm, 1.0, first, second, 1.0, result.T, trans_a=turned[0], trans_b=turned[1], overwrite_c=1
        )


def _rows_or_columns(matrix: Tensor) -> bool:
    return matrix.dim() == 2 and (matrix.is_contiguous() or matrix.t().is_contiguous())
