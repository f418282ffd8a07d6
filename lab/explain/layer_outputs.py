"""A drawing's path through a network: what each layer gives for it.

Owns one forward pass, layer by layer; draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from lab.ink.framing import Framing
from lab.models.answers import inputs
from lab.models.loading import Model

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LayerActivity:
    """What one layer gave for the drawing.

    Shapes: values (units,) for a strip, (channels, height, width) for maps.
    """

    name: str
    title: str
    kind: Literal["strip", "maps"]
    values: Floats


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
