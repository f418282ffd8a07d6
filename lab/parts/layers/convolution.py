"""Layers over images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from lab.parts.activations import ActivationName
from lab.parts.layers.base import (
    MAX_CHANNELS,
    Layer,
    LayerMisfit,
    Shape,
    activation_field,
    check_window,
    image_shape,
    kernel_field,
    removed,
    with_activation,
)
from lab.registry import hyper
from lab.texts import Words, said

if TYPE_CHECKING:
    from torch import nn


class Conv2d(Layer):
    """A convolution."""

    title: ClassVar[Words] = said("parts.layers.conv2d.title")
    summary: ClassVar[Words] = said("parts.layers.conv2d.summary")
    formula: ClassVar[str] = r"z_{c,i,j} = b_c + \sum_{k,u,v} w_{c,k,u,v}\, x_{k,\,i+u,\,j+v}"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86"
    group: ClassVar[Words] = said("parts.layers.groups.convolution")
    kind: Literal["conv2d"] = "conv2d"
    channels: int = hyper(
        16,
        said("parts.layers.conv2d.channels.title"),
        said("parts.layers.conv2d.channels.description"),
        ge=1,
        le=MAX_CHANNELS,
    )
    kernel: int = kernel_field(3)
    stride: int = hyper(
        1,
        said("parts.layers.shared.stride.title"),
        said("parts.layers.shared.stride.description"),
        ge=1,
        le=8,
    )
    padding: int = hyper(
        1,
        said("parts.layers.conv2d.padding.title"),
        said("parts.layers.conv2d.padding.description"),
        ge=0,
        le=14,
    )
    activation: ActivationName = activation_field()

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers import torch_modules

        check_window(self.kernel, image_shape(shape, self.title), self.padding, self)
        conv = torch_modules.Conv2d(shape[0], self.channels, self.kernel, self.stride, self.padding)
        return with_activation("conv", conv, self.activation)


class MaxPool(Layer):
    """The largest of each window."""

    title: ClassVar[Words] = said("parts.layers.max_pool.title")
    summary: ClassVar[Words] = said("parts.layers.max_pool.summary")
    formula: ClassVar[str] = r"a_{c,i,j} = \max_{u,v} x_{c,\,si+u,\,sj+v}"
    source: ClassVar[str] = "Zhou & Chellappa 1988, ICNN"
    group: ClassVar[Words] = said("parts.layers.groups.convolution")
    kind: Literal["max_pool"] = "max_pool"
    kernel: int = kernel_field(2)
    stride: int = hyper(
        2,
        said("parts.layers.shared.stride.title"),
        said("parts.layers.shared.stride.description"),
        ge=1,
        le=28,
    )

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        check_window(self.kernel, image_shape(shape, self.title), 0, self)
        return nn.MaxPool2d(self.kernel, self.stride)


class AvgPool(Layer):
    """The mean of each window."""

    title: ClassVar[Words] = said("parts.layers.avg_pool.title")
    summary: ClassVar[Words] = said("parts.layers.avg_pool.summary")
    formula: ClassVar[str] = r"a_{c,i,j} = \frac{1}{k^2} \sum_{u,v} x_{c,\,si+u,\,sj+v}"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86"
    group: ClassVar[Words] = said("parts.layers.groups.convolution")
    kind: Literal["avg_pool"] = "avg_pool"
    kernel: int = kernel_field(2)
    stride: int = hyper(
        2,
        said("parts.layers.shared.stride.title"),
        said("parts.layers.shared.stride.description"),
        ge=1,
        le=28,
    )

    def build(self, shape: Shape) -> nn.Module:
        from torch import nn

        check_window(self.kernel, image_shape(shape, self.title), 0, self)
        return nn.AvgPool2d(self.kernel, self.stride)


class GlobalPool(Layer):
    """One value per channel."""

    title: ClassVar[Words] = said("parts.layers.global_pool.title")
    summary: ClassVar[Words] = said("parts.layers.global_pool.summary")
    formula: ClassVar[str] = r"a_c = \operatorname{mean}_{i,j}\, x_{c,i,j}"
    source: ClassVar[str] = "Lin et al. 2014, ICLR"
    group: ClassVar[Words] = said("parts.layers.groups.convolution")
    kind: Literal["global_pool"] = "global_pool"
    mode: Literal["mean", "max"] = hyper(
        "mean",
        said("parts.layers.global_pool.mode.title"),
        said("parts.layers.global_pool.mode.description"),
        choices={
            "mean": said("parts.layers.global_pool.mode.mean"),
            "max": said("parts.layers.global_pool.mode.max"),
        },
    )

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import GlobalPooling

        if len(shape) < 2:
            raise LayerMisfit(
                said("parts.layers.misfits.image_or_sequence", layer=self.title, n=shape[0]),
                removed(self.title),
            )
        return GlobalPooling(self.mode, over_tokens=len(shape) == 2)


class Residual(Layer):
    """Two convolutions and a shortcut around them."""

    title: ClassVar[Words] = said("parts.layers.residual.title")
    summary: ClassVar[Words] = said("parts.layers.residual.summary")
    formula: ClassVar[str] = r"a = f(x + F(x))"
    source: ClassVar[str] = "He et al. 2016, CVPR"
    group: ClassVar[Words] = said("parts.layers.groups.convolution")
    brief: ClassVar[Words | None] = said("parts.layers.residual.brief")
    kind: Literal["residual"] = "residual"
    channels: int = hyper(
        32,
        said("parts.layers.residual.channels.title"),
        said("parts.layers.residual.channels.description"),
        ge=1,
        le=MAX_CHANNELS,
    )
    stride: int = hyper(
        1,
        said("parts.layers.residual.stride.title"),
        said("parts.layers.residual.stride.description"),
        ge=1,
        le=4,
    )
    activation: ActivationName = activation_field()

    def build(self, shape: Shape) -> nn.Module:
        from lab.parts.layers.torch_modules import ResidualBlock

        channels = image_shape(shape, self.title)[0]
        return ResidualBlock(channels, self.channels, self.stride, self.activation)
