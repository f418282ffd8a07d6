"""What a network makes of one drawing: its path through the layers, and what spoke for and against a digit.

Owns the arithmetic on tensors; draws nothing. Everything is computed for one framed drawing and one model.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from lab.ink.framing import Framing
from lab.models.loading import Model
from lab.texts import Text, said, text

Floats = NDArray[np.float32]
Method = Literal["input_x_gradient", "integrated_gradients"]
METHODS: dict[Method, Text] = {
    "integrated_gradients": said("explain.integrated_gradients"),
    "input_x_gradient": said("explain.input_x_gradient"),
}
IG_STEPS = 128
IG_ERROR = 0.5  # of their sum, for the networks that ship; a test measures it


def attribution(
    model: Model,
    framing: Framing,
    digit: int,
    method: Method = "integrated_gradients",
    against: int | None = None,
) -> Floats:
    """How much each pixel's ink spoke for `digit` (positive) or against it (negative).

    Measured from an empty sheet: integrated gradients sum to the digit's logit on the drawing minus its logit
    on the empty sheet, to about IG_ERROR in IG_STEPS steps. With `against`, the logit is the digit's minus the other's.
    Shapes: (28, 28). Raises: ValueError, for a digit or method that does not exist.
    Source: Sundararajan et al. 2017, ICML; Shrikumar et al. 2016, arXiv:1605.01713
    """
    for asked in (digit, against):
        if asked is not None and not 0 <= asked <= 9:
            raise ValueError(text("explain.no_digit", digit=asked))
    if method not in METHODS:
        raise ValueError(text("explain.no_method", name=method, methods=METHODS))
    pixels = torch.from_numpy(framing.pixels)[None, None]
    at_once = method == "input_x_gradient"
    places = torch.ones(1) if at_once else (torch.arange(IG_STEPS) + 0.5) / IG_STEPS
    steps = (places.view(-1, 1, 1, 1) * pixels).requires_grad_()
    values = model.normalisation(steps) if framing.normalisation else steps
    logits = model.network(values)
    wanted = logits[:, digit] if against is None else logits[:, digit] - logits[:, against]
    (gradient,) = torch.autograd.grad(wanted.sum(), steps)
    found: Floats = (gradient.mean(dim=0) * pixels[0])[0].numpy()
    return found
