"""One buffer for all parameters of a module and one for their gradients.

Owns the memory layout: parameters and gradients become views, in one order, so that an optimizer that works
element by element updates everything in one call. Knows no optimizer and no network.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

_ALIGNED = 16  # floats: 64 bytes, a cache line, so that no product reads across one more than it must


class FlatParameters:
    """The parameters of a module, moved into one buffer; `p.data` and `p.grad` are views of it.

    Shapes: values and gradients are (size,) float; the padding between parameters stays zero.
    """

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        self.parameters = tuple(parameters)
        starts, size = [], 0
        for parameter in self.parameters:
            starts.append(size)
            size += -(-parameter.numel() // _ALIGNED) * _ALIGNED
        first = self.parameters[0]
        self.values = torch.zeros(size, dtype=first.dtype, device=first.device)
        self.gradients = torch.zeros_like(self.values)
        self._starts = tuple(starts)
        with torch.no_grad():
            for parameter, here in zip(self.parameters, self.views(self.values), strict=True):
                here.copy_(parameter)
                parameter.data = here
        self.gradient_views = self.views(self.gradients)
        self.attach_gradients()

    def views(self, flat: Tensor) -> tuple[Tensor, ...]:
        """One view of `flat` for each parameter, in its shape."""
        return tuple(
            _shaped(flat[start : start + parameter.numel()], parameter.shape)
            for start, parameter in zip(self._starts, self.parameters, strict=True)
        )

    def attach_gradients(self) -> None:
        """Makes every `p.grad` the view that the optimizer reads."""
        for parameter, here in zip(self.parameters, self.gradient_views, strict=True):
            parameter.grad = here

    def weights_mask(self) -> Tensor:
        """1 where a weight is (two dimensions or more), 0 at biases, gains and padding."""
        mask = torch.zeros_like(self.values)
        for here in self.views(mask):
            if here.dim() >= 2:
                here.fill_(1.0)
        return mask


def _shaped(flat: Tensor, shape: torch.Size) -> Tensor:
    """A view of `flat`; kernels of convolutions lie channels last, which makes all that follows them faster."""
    if len(shape) != 4:
        return flat.view(shape)
    outputs, inputs, height, width = shape
    return flat.view(outputs, height, width, inputs).permute(0, 3, 1, 2)


def can_be_flat(parameters: Iterable[nn.Parameter]) -> bool:
    """Whether one buffer can hold them: on the CPU, of one type, none shared in part with another."""
    found = tuple(parameters)
    kinds = {(parameter.dtype, parameter.device.type, parameter.requires_grad) for parameter in found}
    return len(kinds) == 1 and next(iter(kinds))[1:] == ("cpu", True)
