"""What every layer kind shares: shapes, the reason and the fix where one does not fit, common fields.

Knows no kind of layer.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.activations import ACTIVATIONS
from lab.registry import Part, hyper
from lab.texts import Text, Words, said

if TYPE_CHECKING:
    from torch import nn


Shape = tuple[int, ...]
MAX_UNITS = 16_384
MAX_CHANNELS = 1_024


class LayerMisfit(ValueError):  # noqa: N818 - it says what the layer is
    """A layer that cannot take the shape it gets: the reason, and the fix to offer where there is one."""

    def __init__(self, reason: Text, fix: Fix | None = None) -> None:
        self.reason, self.fix = reason, fix
        super().__init__(reason)


@dataclass(frozen=True)
class Fix:
    """One change of the stack that makes a layer fit: insert `layer` before it, replace it, or remove it."""

    title: Text
    action: Literal["insert_before", "replace", "remove"]
    layer: Layer | None = None

    def applied(self, layers: tuple[Layer, ...], index: int) -> tuple[Layer, ...]:
        """The stack with this fix made at `index`."""
        new = (self.layer,) if self.layer is not None else ()
        kept = layers[index:] if self.action == "insert_before" else layers[index + 1 :]
        return (*layers[:index], *new, *kept)


class Layer(Part):
    """A row of the stack."""

    group: ClassVar[Words]
    brief: ClassVar[Words | None] = None  # where there is no room for the title

    def build(self, shape: Shape) -> nn.Module:
        """A torch module for inputs of `shape`, the batch left out.

        Raises: LayerMisfit.
        """
        raise TypeError(f"{type(self).__name__} has no builder")


def removed(layer: Words) -> Fix:
    return Fix(said("parts.layers.fixes.remove", layer=layer), "remove")


def image_shape(shape: Shape, title: Words) -> Shape:
    if len(shape) != 3:
        raise LayerMisfit(said("parts.layers.misfits.image", layer=title, shape=shape), removed(title))
    return shape


def check_window(kernel: int, image: Shape, padding: int, layer: Layer) -> None:
    _, height, width = image
    room = min(height, width) + 2 * padding
    if kernel > room:
        smaller = layer.model_copy(update={"kernel": room})
        raise LayerMisfit(
            said("parts.layers.misfits.window", window=(kernel, kernel), image=(height, width)),
            Fix(said("parts.layers.fixes.use_window", window=(room, room)), "replace", smaller),
        )


def activation_field(default: str = "relu") -> str:
    return hyper(  # type: ignore[no-any-return]
        default,
        said("parts.layers.shared.activation.title"),
        said("parts.layers.shared.activation.description"),
        formula="a = f(z)",
    )


def kernel_field(default: int, largest: int = 28) -> int:
    return hyper(  # type: ignore[no-any-return]
        default,
        said("parts.layers.shared.kernel.title"),
        said("parts.layers.shared.kernel.description"),
        ge=1,
        le=largest,
    )


def with_activation(name: str, module: nn.Module, activation: str) -> nn.Module:
    from torch import nn

    if activation == "identity":
        return nn.Sequential(OrderedDict({name: module}))
    return nn.Sequential(OrderedDict({name: module, "activation": ACTIVATIONS[activation].module()}))
