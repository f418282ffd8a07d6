"""Matrix products of a replayed step, through OpenBLAS or oneDNN where they are faster than torch's own library.

Owns how tensors are handed over (as they lie, nothing is copied) and where a large product is halved. Knows neither
tapes nor networks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import torch
from torch import Tensor

from lab.machine.blas import openblas_is_faster
from lab.steps.helper import WORTH_TWO, together
from lab.steps.torch_internals import linear_of_onednn

Call = Callable[[], None]
Tensors = tuple[Tensor, Tensor, Tensor, Tensor | None]
Kind = Callable[[Tensor, Tensor, Tensor, Tensor | None, slice], Call]

_LARGE = 100_000  # weights; below, OpenBLAS is as fast or faster
_TRIED = 4_000_000  # numbers; with more, halves cost little more than the whole
_WHOLE = slice(None)


def product_into(left: Tensor, right: Tensor, result: Tensor, added: Tensor | None) -> Call | None:
    """The call that writes `left @ right`, plus `added` if given, into `result`; None where torch is to do it.

    Shapes: left (m, k), right (k, n), result (m, n) float32, by rows or by columns; added (n,) or (m, n).
    """
    matrices = (left, right, result)
    if not openblas_is_faster() or any(m.dtype != torch.float32 or m.numel() == 0 for m in matrices):
        return None
    if not all(_rows_or_columns(matrix) for matrix in matrices):
        return None
    if added is not None and added.dim() == 1 and right.numel() >= _LARGE and right.stride(0) == 1:
        kind: Kind = _linear
    elif added is not None:
        return _Product(left, right, result, added, _WHOLE)
    else:
        kind = _Product
    along_rows = kind is _Product and result.is_contiguous()
    return _shared(kind, left.shape[0] if along_rows else right.shape[1], (left, right, result, added))


def _shared(kind: Kind, lines: int, tensors: Tensors) -> Call:
    """In two halves of whole vectors; the first is the larger, for whoever takes the other must wake up."""
    at = round(lines * 9 / 16 / 16) * 16
    if tensors[0].numel() * tensors[1].shape[1] < WORTH_TWO or not 0 < at < lines:
        return kind(*tensors, _WHOLE)
    first, second, both = (kind(*tensors, part) for part in (slice(at), slice(at, None), _WHOLE))
    given = [tensor for tensor in tensors if tensor is not None]
    layout = tuple((tuple(tensor.shape), tensor.stride()) for tensor in given)
    tried = sum(tensor.numel() for tensor in given) <= _TRIED
    return partial(together, first, second, both if tried and _are_alike(kind, at, layout) else None)


@cache
def _are_alike(kind: Kind, at: int, layout: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]) -> bool:
    """Whether halves and whole give the same bits on this machine, for all that is laid out so."""
    known = torch.Generator().manual_seed(1)
    left, right, result, *rest = (torch.empty_strided(*how).normal_(generator=known) for how in layout)
    added = rest[0] if rest else None
    kind(left, right, result, added, _WHOLE)()
    whole = result.clone()
    result.zero_()
    for half in (slice(at), slice(at, None)):
        kind(left, right, result, added, half)()
    return torch.equal(result, whole)


def _linear(inputs: Tensor, weights: Tensor, result: Tensor, bias: Tensor | None, units: slice) -> Call:
    """A linear layer through oneDNN, which reads large weights across their rows a tenth faster than OpenBLAS."""
    assert bias is not None
    run = linear_of_onednn()

    def call() -> None:
        # it takes no place to write to
        result[:, units].copy_(run(inputs, weights.t()[units], bias[units], "none", [], ""))

    return call


class _Product:
    """Some lines of a product, of tensors that may look at other memory in the next batch."""

    def __init__(
        self, left: Tensor, right: Tensor, result: Tensor, added: Tensor | None, lines: slice
    ) -> None:
        self._left, self._right, self._result, self._added = left, right, result, added
        self._lines = lines
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
            return partial(np.dot, left[self._lines], right, out=result[self._lines])
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
