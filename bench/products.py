"""A contender that no training through torch can beat: the eleven matrix products of each step of the MLP, alone.

python -m bench.products
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import torch

from bench.contender import serve

WIDTHS = (784, 256, 128, 64, 10)
BATCH, STEPS = 100, 600


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    products = []
    for layer, (inputs, outputs) in enumerate(pairwise(WIDTHS)):
        x, w, dy = torch.randn(BATCH, inputs), torch.randn(outputs, inputs), torch.randn(BATCH, outputs)
        products.append(partial(torch.mm, x, w.t(), out=torch.empty(BATCH, outputs)))
        products.append(partial(torch.mm, dy.t(), x, out=torch.empty(outputs, inputs)))
        if layer:  # nobody asks for the slope of the images
            products.append(partial(torch.mm, dy, w, out=torch.empty(BATCH, inputs)))

    def epoch() -> None:
        for _ in range(STEPS):
            for product in products:
                product()

    serve(epoch)


if __name__ == "__main__":
    main()
