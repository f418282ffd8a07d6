"""A contender that no training can beat by much: the eleven matrix products of each step of the MLP, alone.

python -m bench.products torch|openblas

Through torch's own library, or through the OpenBLAS that NumPy carries.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch

from bench.contender import serve

WIDTHS = (784, 256, 128, 64, 10)
BATCH, STEPS = 100, 600


def by_torch(left: torch.Tensor, right: torch.Tensor) -> Callable[[], object]:
    """The product of two matrices, into memory that is there already."""
    return partial(torch.mm, left, right, out=torch.empty(len(left), right.shape[1]))


def by_openblas(left: torch.Tensor, right: torch.Tensor) -> Callable[[], object]:
    """The same through NumPy."""
    import numpy as np

    return partial(np.dot, left.numpy(), right.numpy(), out=torch.empty(len(left), right.shape[1]).numpy())


def main() -> None:
    product_of = {"torch": by_torch, "openblas": by_openblas}[sys.argv[1]]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    products = []
    for layer, (inputs, outputs) in enumerate(pairwise(WIDTHS)):
        x, w, dy = torch.randn(BATCH, inputs), torch.randn(outputs, inputs), torch.randn(BATCH, outputs)
        products.append(product_of(x, w.t()))
        products.append(product_of(dy.t(), x))
        if layer:  # nobody asks for the slope of the images
            products.append(product_of(dy, w))

    def epoch() -> None:
        for _ in range(STEPS):
            for product in products:
                product()

    serve(epoch)


if __name__ == "__main__":
    main()
