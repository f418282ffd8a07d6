"""The torch modules that the layer kinds need beyond torch.nn. Knows no spec."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from lab.parts.activations import ACTIVATIONS
from lab.parts.layers.batch_norm import BatchNorm2d


class GlobalPooling(nn.Module):
    """The mean or the largest value over an image's pixels or a sequence's tokens.

    Shapes: (N, C, H, W) -> (N, C), or over tokens (N, T, D) -> (N, D).
    """

    def __init__(self, mode: str, over_tokens: bool) -> None:
        super().__init__()
        self.mode, self.axes = mode, (1,) if over_tokens else (2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(self.axes) if self.mode == "mean" else x.amax(self.axes)


class Dropout(nn.Dropout):
    """torch's dropout with a cheaper draw on the CPU: 16 random bits for each number, four numbers at a time.

    torch draws each number by itself, which takes an eighth of the small CNN's step. The probability is met to
    1 / 65,536. Shapes: any.
    """

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or not self.p or input.device.type != "cpu":
            return super().forward(input)
        bits = torch.empty(-(-input.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        drawn = bits.view(torch.int16)[: input.numel()].view(input.shape)
        mask = torch.empty(input.shape, dtype=input.dtype)
        torch.ge(drawn, round(self.p * 2**16) - 2**15, out=mask)
        return input * mask.mul_(1 / (1 - self.p))


class Conv2d(nn.Conv2d):
    """torch's convolution; where a 1 x 1 kernel skips pixels, over the pixels that it does not skip.

    Of such a kernel over few channels-last channels oneDNN 3 (torch 2.15) writes beyond its memory on processors
    without AVX-512, and gives wrong gradients (uxlfoundation/oneDNN#6035).
    Shapes: (N, C, H, W) -> (N, channels, H', W').
    """

    def forward(self, input: Tensor) -> Tensor:
        down, right = self.stride
        if self.kernel_size != (1, 1) or self.stride == (1, 1):
            return super().forward(input)
        above, beside = cast("tuple[int, int]", self.padding)
        padded = functional.pad(input, (beside, beside, above, above)) if above or beside else input
        return functional.conv2d(padded[:, :, ::down, ::right], self.weight, self.bias)


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions with batch normalisation, added to their input.

    Shapes: (N, C, H, W) -> (N, channels, H / stride, W / stride).
    Source: He et al. 2016, CVPR, figure 2 and option B.
    """

    def __init__(self, inputs: int, channels: int, stride: int, activation: str) -> None:
        super().__init__()
        self.conv1 = Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.norm1 = BatchNorm2d(channels)
        self.conv2 = Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = BatchNorm2d(channels)
        same = inputs == channels and stride == 1
        self.shortcut: nn.Module = nn.Identity() if same else Conv2d(inputs, channels, 1, stride, bias=False)
        self.activation1 = ACTIVATIONS[activation].module()
        self.activation2 = ACTIVATIONS[activation].module()

    def forward(self, x: Tensor) -> Tensor:
        inner = self.activation1(self.norm1(self.conv1(x)))
        return cast(Tensor, self.activation2(self.norm2(self.conv2(inner)) + self.shortcut(x)))


class RowRecurrent(nn.Module):
    """A recurrent cell over the rows of an image, or the tokens of a sequence.

    Shapes: (N, C, H, W) or (N, T, D) -> (N, units), or (N, T, units) as a sequence.
    """

    def __init__(self, cell: str, features: int, units: int, output: str) -> None:
        super().__init__()
        kinds = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
        self.cell: nn.RNNBase = kinds[cell](features, units, batch_first=True)
        self.output = output

    def forward(self, x: Tensor) -> Tensor:
        rows = x.transpose(1, 2).flatten(2) if x.dim() == 4 else x
        memories = cast(Tensor, self.cell(rows)[0])
        return memories[:, -1] if self.output == "last" else memories


class PatchTokens(nn.Module):
    """Patches of an image as tokens, with a learned position each.

    Shapes: (N, C, H, W) -> (N, (H / patch) (W / patch), width).
    """

    def __init__(self, channels: int, height: int, width: int, patch: int, token_width: int) -> None:
        super().__init__()
        self.patches = Conv2d(channels, token_width, patch, patch)
        self.position = nn.Parameter(torch.empty((height // patch) * (width // patch), token_width))
        nn.init.normal_(self.position, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.patches(x)).flatten(2).transpose(1, 2) + self.position
