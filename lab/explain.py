"""What a network makes of one drawing: its path through the layers, and what spoke for and against a digit.

Owns the arithmetic on tensors; draws nothing. Everything is computed for one framed drawing and one model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lab.activations import ACTIVATIONS
from lab.data import DataError, Dataset, load
from lab.inference import Model, ModelError, inputs
from lab.ink import Framing
from lab.judge import hidden_part
from lab.layers import Linear

Floats = NDArray[np.float32]
Method = Literal["input_x_gradient", "integrated_gradients"]
METHODS: dict[Method, str] = {
    "integrated_gradients": "Integrated gradients",
    "input_x_gradient": "Input x gradient",
}
IG_STEPS = 128
REMEMBERED = 6_000  # training images compared with; all 60,000 would take a CNN ten seconds


@dataclass(frozen=True, eq=False)
class LayerActivity:
    """What one layer gave for the drawing.

    Shapes: values (units,) for a strip, (channels, height, width) for maps.
    """

    name: str
    title: str
    kind: Literal["strip", "maps"]
    values: Floats


@dataclass(frozen=True, eq=False)
class Neighbour:
    """A training image near the drawing in the last hidden layer. Shapes: image (28, 28) uint8."""

    image: NDArray[np.uint8]
    label: int
    distance: float


@dataclass(frozen=True, eq=False)
class Neuron:
    """One unit of a dense first layer: z is the sum of all products plus the bias, a = f(z).

    Shapes: weights and products (28, 28); products are weight times input, in the network's units.
    """

    index: int
    weights: NDArray[np.float64]
    products: NDArray[np.float64]
    bias: float
    z: float
    a: float


def activations(model: Model, framing: Framing) -> tuple[LayerActivity, ...]:
    """What each layer of the network gives for the drawing, from the first to the logits."""
    seen = []
    with torch.inference_mode():
        x = inputs(model, (framing,))
        for index, (layer, module) in enumerate(zip(model.spec.network.layers, model.network, strict=True)):
            x = module(x)
            values = x[0].float()
            strip = values.dim() == 1
            if values.dim() == 2:
                values = values.unsqueeze(0)
            size = " x ".join(str(n) for n in x.shape[1:])
            kind: Literal["strip", "maps"] = "strip" if strip else "maps"
            seen.append(LayerActivity(f"{index}", f"{layer.title} {size}", kind, values.numpy().copy()))
    return tuple(seen)


def attribution(
    model: Model,
    framing: Framing,
    digit: int,
    method: Method = "integrated_gradients",
    against: int | None = None,
) -> Floats:
    """How much each pixel's ink spoke for `digit` (positive) or against it (negative).

    Measured from an empty sheet: integrated gradients sum to the digit's logit on the drawing minus its logit
    on the empty sheet, to about 0.2 in 128 steps. With `against`, the logit is the digit's minus the other's.
    Shapes: (28, 28). Raises: ValueError, for a digit or method that does not exist.
    Source: Sundararajan et al. 2017, ICML; Shrikumar et al. 2016, arXiv:1605.01713
    """
    for asked in (digit, against):
        if asked is not None and not 0 <= asked <= 9:
            raise ValueError(f"digit {asked} does not exist; allowed: 0 to 9")
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; allowed: {', '.join(METHODS)}")
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


def nearest_training_images(
    model: Model, framing: Framing, home: Path, count: int = 8
) -> tuple[Neighbour, ...]:
    """The training images nearest to the drawing in the last hidden layer, nearest first.

    Compares with the first 6,000 training images; the first call for a model takes a second or two.
    Raises: ModelError, when the data set cannot be read.
    """
    data, hidden = _remembered(model, home)
    with torch.inference_mode():
        here = hidden_part(model.network)(inputs(model, (framing,))).flatten(1)
        distances = torch.cdist(here, hidden)[0]
    nearest = distances.argsort()[:count].tolist()
    return tuple(
        Neighbour(np.array(data.train_images[i]), int(data.train_labels[i]), float(distances[i]))
        for i in nearest
    )


@lru_cache(maxsize=8)
def _remembered(model: Model, home: Path) -> tuple[Dataset, Tensor]:
    """The data set a model was trained on, and its first images in the last hidden layer."""
    try:
        data = load(model.spec.data.dataset, home)
    except DataError as error:
        raise ModelError(f"the training images cannot be read: {error}") from None
    pixels = torch.from_numpy(np.array(data.train_images[:REMEMBERED])).unsqueeze(1).float() / 255
    hidden = hidden_part(model.network)
    with torch.inference_mode():
        values = model.normalisation(pixels)
        blocks = [hidden(values[i : i + 500]).flatten(1) for i in range(0, len(values), 500)]
    return data, torch.cat(blocks)


def strongest_neurons(model: Model, framing: Framing, count: int = 6) -> tuple[Neuron, ...]:
    """The units of a dense first layer with the largest activation; () where the first layer is not dense."""
    first = _dense_first(model.network, model.spec.network.layers)
    if first is None:
        return ()
    linear, spec = first
    x = inputs(model, (framing,))[0, 0].double().numpy()
    weights = linear.weight.double().numpy().reshape(-1, 28, 28)
    biases = linear.bias.double().numpy()
    value = ACTIVATIONS[spec.activation].value
    products = weights * x
    sums = products.sum(axis=(1, 2)) + biases
    strength = np.array([value(float(z)) for z in sums])
    order = np.argsort(-np.abs(strength), kind="stable")[:count]
    return tuple(
        Neuron(int(i), weights[i], products[i], float(biases[i]), float(sums[i]), float(strength[i]))
        for i in order
    )


def _dense_first(network: nn.Sequential, layers: Sequence[object]) -> tuple[nn.Linear, Linear] | None:
    """The first layer with parameters, if it is a Linear that sees the pixels."""
    for spec, module in zip(layers, network, strict=True):
        if isinstance(spec, Linear):
            linear = next(part for part in module.modules() if isinstance(part, nn.Linear))
            return (linear, spec) if linear.in_features == 784 else None
        if any(True for _ in module.parameters()):
            return None
    return None
