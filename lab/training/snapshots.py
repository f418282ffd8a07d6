"""What a network looks like at one moment: its layers in figures, first-layer pictures, twelve answers.

Owns the `Snapshot` event. Reads the network beside its training and leaves no trace in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import Tensor, nn

from lab.data.dataset import IMAGE_SHAPE
from lab.events import PROBE_IMAGES, LayerState, Snapshot
from lab.machine.memory import memory_used_mb
from lab.parts.layers import Layer, Shape
from lab.spec import NetworkSpec
from lab.texts import speaking
from lab.texts.languages import FALLBACK

SHOWN_IMAGES = 12
SHOWN_UNITS = 64
SHOWN_WEIGHTS = 32
CAN_DIE = ("relu",)

Weights = Mapping[str, Tensor]


class Snapshots:
    """Looks at one network on the same test images each time.

    Shapes: images (N, 28, 28) uint8, on the network's device.
    """

    def __init__(
        self, spec: NetworkSpec, network: nn.Sequential, prepare: Callable[[Tensor], Tensor], images: Tensor
    ) -> None:
        self._layers, self._network = spec.layers, network
        self._probe = prepare(images[:PROBE_IMAGES])
        self._picture: Callable[[], Tensor] | None = None

    def weights(self) -> Weights:
        """A copy of the parameters, to compare with after a step."""
        return {name: p.detach().clone() for name, p in self._network.named_parameters()}

    @torch.no_grad()
    def snapshot(self, step: int, before: Weights) -> Snapshot:
        """The network after `step`, whose weights were `before` just before that step."""
        was_training = self._network.training
        self._network.eval()
        states, activations = [], []
        x, image = self._probe, cast(Shape, IMAGE_SHAPE)
        for index, (layer, module) in enumerate(zip(self._layers, self._network, strict=True)):
            image = tuple(x.shape[1:]) if x.dim() == 4 else image
            self._picture = self._picture or _pictures_of(module, image)
            x = module(x)
            units = _per_unit(x)
            activations.append(_rounded(units.mean(0)[:SHOWN_UNITS]))
            if any(True for _ in module.parameters()):
                states.append(self._layer_state(index, layer, module, units, before))
        self._network.train(was_training)
        probabilities = torch.softmax(x[:SHOWN_IMAGES], 1)
        height, width, weights = self._pictures()
        return Snapshot(
            step=step,
            layers=tuple(states),
            weight_height=height,
            weight_width=width,
            weights=weights,
            probabilities=tuple(_rounded(row) for row in probabilities),
            activations=tuple(activations),
            memory_mb=round(memory_used_mb(x.device), 1),
        )

    def _layer_state(
        self, index: int, layer: Layer, module: nn.Module, units: Tensor, before: Weights
    ) -> LayerState:
        gradients: list[Tensor] = []
        changes: list[Tensor] = []
        sizes: list[Tensor] = []
        for name, parameter in module.named_parameters():
            old = before[f"{index}.{name}"]
            gradients.append(torch.zeros(()) if parameter.grad is None else parameter.grad.norm().cpu())
            if parameter.dim() >= 2 or not sizes:
                changes.append((parameter - old).norm().cpu())
                sizes.append(old.norm().cpu())
        size = float(torch.stack(sizes).norm())
        dead = None
        if getattr(layer, "activation", None) in CAN_DIE:
            dead = round(float((units <= 0).all(0).float().mean()), 4)
        return LayerState(
            name=_name(index, layer),
            gradient_norm=_short(float(torch.stack(gradients).norm())),
            update_ratio=_short(float(torch.stack(changes).norm()) / max(size, 1e-12)),
            mean_activation=_short(float(units.mean())),
            dead_share=dead,
        )

    def _pictures(self) -> tuple[int, int, tuple[tuple[int, ...], ...]]:
        if self._picture is None:
            return 0, 0, ()
        pictures = self._picture()[:SHOWN_WEIGHTS].float()
        _, height, width = pictures.shape
        flat = pictures.flatten(1)
        largest = flat.abs().amax(1, keepdim=True).clamp_min(1e-12)
        quantised = (flat / largest * 127).round().nan_to_num().to(torch.int8).tolist()
        return height, width, tuple(tuple(row) for row in quantised)


def _pictures_of(module: nn.Module, image: Shape) -> Callable[[], Tensor] | None:
    """How to read the module's weights as pictures, one per unit; `image` is what it or Flatten before it saw.

    Shapes: the function gives (units, height, width).
    """
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            kernels = part.weight
            return lambda: kernels.detach()[:, 0]
        if isinstance(part, nn.RNNBase):
            rows, units = cast(Tensor, part.weight_ih_l0), part.hidden_size  # gates below one another
            return lambda: rows.detach().reshape(-1, units, rows.shape[1]).transpose(0, 1)
        if isinstance(part, nn.Linear):
            weight, (height, width) = part.weight, image[1:]
            if height * width > 1 and weight.shape[1] == math.prod(image):
                return lambda: weight.detach()[:, : height * width].reshape(-1, height, width)
            return lambda: weight.detach()[:, None, :]
    return None


def _per_unit(x: Tensor) -> Tensor:
    """Activations with one column per unit, channel or feature.

    Shapes: (N, U), (N, T, U) or (N, C, H, W) -> (rows, U).
    """
    if x.dim() == 4:
        return x.flatten(2).transpose(1, 2).flatten(0, 1)
    return x.flatten(0, -2)


def _name(index: int, layer: Layer) -> str:
    """What a layer is called in the store, which has one language."""
    with speaking(FALLBACK):
        return f"{index + 1} {layer.title}"


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _rounded(values: Tensor) -> tuple[float, ...]:
    return tuple(round(value, 4) for value in values.tolist())
