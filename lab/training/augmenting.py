"""What the augmentations do: a batch of images in, each varied in its own way, out.

Owns the tensor operations; the words and bounds stand in `lab.parts.augmentations`. All that moves pixels is
joined into one map per image and resampled once, so that several augmentations do not blur one another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from lab.parts.augmentations import (
    Augmentation,
    Contrast,
    Elastic,
    Erase,
    Noise,
    Rotate,
    Scale,
    Shear,
    Shift,
    Thickness,
)

Draw = Callable[..., Tensor]


def augmented(
    images: Tensor, augmentations: Sequence[Augmentation], generator: torch.Generator | None = None
) -> Tensor:
    """The images, each varied by every augmentation; drawn on the generator's device.

    Shapes: (N, 28, 28) uint8 -> (N, 28, 28) uint8.
    """
    if not augmentations or not len(images):
        return images
    draws = _Draws(len(images), images.device, generator)
    pixels = images.float().div_(255).unsqueeze(1)
    where = _positions(pixels, augmentations, draws)
    if where is not None:
        pixels = functional.grid_sample(pixels, where, align_corners=False)
    for augmentation in augmentations:
        if type(augmentation) in _VALUES:
            pixels = _VALUES[type(augmentation)](pixels, augmentation, draws)
    return pixels.clamp_(0, 1).mul_(255).round_().to(torch.uint8).squeeze(1)


class _Draws:
    """Random numbers for a batch, from one generator, on the images' device."""

    def __init__(self, count: int, device: torch.device, generator: torch.Generator | None) -> None:
        self.count, self.device, self.generator = count, device, generator
        self.source = generator.device if generator is not None else device

    def uniform(self, low: float, high: float) -> Tensor:
        """One number per image."""
        drawn = torch.rand(self.count, generator=self.generator, device=self.source)
        return drawn.to(self.device).mul_(high - low).add_(low)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers, a block of `shape` per image."""
        drawn = torch.randn(self.count, *shape, generator=self.generator, device=self.source)
        return drawn.to(self.device)


# --- what moves pixels ------------------------------------------------------------------------------
# Each map says where an output pixel comes from, in coordinates from -1 to 1, so it is the inverse of
# what is done to the image.


def _rotate(spec: Rotate, draws: _Draws, size: int) -> Tensor:
    angle = draws.uniform(-math.radians(spec.degrees), math.radians(spec.degrees))
    return _matrices(angle.cos(), -angle.sin(), angle.sin(), angle.cos())


def _scale(spec: Scale, draws: _Draws, size: int) -> Tensor:
    across = draws.uniform(1 - spec.amount, 1 + spec.amount)
    down = draws.uniform(1 - spec.amount, 1 + spec.amount)
    zero = torch.zeros_like(across)
    return _matrices(1 / across, zero, zero, 1 / down)


def _shear(spec: Shear, draws: _Draws, size: int) -> Tensor:
    slant = draws.uniform(-spec.amount, spec.amount)
    zero, one = torch.zeros_like(slant), torch.ones_like(slant)
    return _matrices(one, -slant, zero, one)


def _shift(spec: Shift, draws: _Draws, size: int) -> Tensor:
    matrices = torch.eye(3, device=draws.device).repeat(draws.count, 1, 1)
    for axis in (0, 1):
        matrices[:, axis, 2] = -draws.uniform(-spec.pixels, spec.pixels) * 2 / size
    return matrices


def _matrices(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """Linear maps as 3 x 3 matrices of homogeneous coordinates."""
    matrices = torch.zeros(len(a), 3, 3, device=a.device)
    matrices[:, 0, 0], matrices[:, 0, 1] = a, b
    matrices[:, 1, 0], matrices[:, 1, 1] = c, d
    matrices[:, 2, 2] = 1
    return matrices


def _elastic(spec: Elastic, draws: _Draws, size: int) -> Tensor:
    """Displacements (N, size, size, 2), smooth between the points of a coarse grid."""
    coarse = draws.normal(2, spec.grid, spec.grid) * (spec.pixels * 2 / size)
    smooth = _smoothing(spec.grid, size, draws.device)
    return (smooth @ (coarse @ smooth.T)).permute(0, 2, 3, 1)


@lru_cache(maxsize=16)
def _smoothing(points: int, size: int, device: torch.device) -> Tensor:
    """The matrix that draws a smooth (cubic) line through a few points.

    Shapes: (size, points).
    """
    unit = torch.eye(points, device=device)[:, None, :, None].expand(-1, 1, -1, points)
    lines = functional.interpolate(unit, (size, points), mode="bicubic", align_corners=True)
    return lines[:, 0, :, 0].T.contiguous()


_MAPS: dict[type[Augmentation], Callable[..., Tensor]] = {
    Rotate: _rotate,
    Scale: _scale,
    Shear: _shear,
    Shift: _shift,
}
_DISPLACEMENTS: dict[type[Augmentation], Callable[..., Tensor]] = {Elastic: _elastic}


def _positions(pixels: Tensor, augmentations: Sequence[Augmentation], draws: _Draws) -> Tensor | None:
    """Where each output pixel comes from, all maps and displacements joined; None if nothing moves.

    Shapes: (N, height, width, 2), coordinates from -1 to 1.
    """
    size = pixels.shape[-1]
    joined: Tensor | None = None
    moved: Tensor | None = None
    for augmentation in augmentations:
        kind = type(augmentation)
        if kind in _MAPS:
            one = _MAPS[kind](augmentation, draws, size)
            joined = one if joined is None else torch.bmm(joined, one)
        elif kind in _DISPLACEMENTS:
            one = _DISPLACEMENTS[kind](augmentation, draws, size)
            moved = one if moved is None else moved + one
    if joined is None and moved is None:
        return None
    if joined is None:
        joined = torch.eye(3, device=draws.device).repeat(draws.count, 1, 1)
    # One product for the whole batch; torch's affine_grid makes one per image and takes thirty times as long.
    places = joined[:, :2].reshape(-1, 3) @ _centres(size, draws.device)
    grid = places.view(draws.count, 2, size, size).permute(0, 2, 3, 1)
    return grid if moved is None else grid + moved


@lru_cache(maxsize=8)
def _centres(size: int, device: torch.device) -> Tensor:
    """The centres of the pixels in homogeneous coordinates, row after row.

    Shapes: (3, size * size).
    """
    line = (torch.arange(size, device=device) + 0.5) * 2 / size - 1
    return torch.stack([line.repeat(size), line.repeat_interleave(size), torch.ones(size**2, device=device)])


# --- what changes values ----------------------------------------------------------------------------


def _thickness(pixels: Tensor, spec: Thickness, draws: _Draws) -> Tensor:
    """Towards the dilated image where the draw is positive, towards the eroded one where it is negative."""
    amount = draws.uniform(-spec.amount, spec.amount)[:, None, None, None]
    bolder, finer = _of_neighbours(pixels, torch.maximum), _of_neighbours(pixels, torch.minimum)
    return torch.where(amount > 0, pixels.lerp(bolder, amount.abs()), pixels.lerp(finer, amount.abs()))


def _of_neighbours(pixels: Tensor, choose: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The largest or smallest of each pixel and its eight neighbours, columns first, then rows."""
    for axis in (-1, -2):
        rest = pixels.shape[axis] - 1
        one_sided = pixels.clone()
        one_sided.narrow(axis, 0, rest).copy_(
            choose(pixels.narrow(axis, 0, rest), pixels.narrow(axis, 1, rest))
        )
        both = one_sided.clone()
        both.narrow(axis, 1, rest).copy_(
            choose(one_sided.narrow(axis, 1, rest), pixels.narrow(axis, 0, rest))
        )
        pixels = both
    return pixels


def _contrast(pixels: Tensor, spec: Contrast, draws: _Draws) -> Tensor:
    """Grey levels drawn apart around 0.4, after the darkest ink was brought to 1."""
    factor = draws.uniform(1, spec.amount)[:, None, None, None]
    full = pixels / pixels.amax((1, 2, 3), keepdim=True).clamp_min(0.1)
    return ((full - 0.4) * factor + 0.4).clamp_(0, 1)


def _noise(pixels: Tensor, spec: Noise, draws: _Draws) -> Tensor:
    return pixels + draws.normal(*pixels.shape[1:]) * spec.std


def _erase(pixels: Tensor, spec: Erase, draws: _Draws) -> Tensor:
    """A square wholly inside the image, without ink."""
    size = pixels.shape[-1]
    free = size - spec.pixels + 1
    top, left = (draws.uniform(0, free).floor_()[:, None] for _ in range(2))
    places = torch.arange(size, device=pixels.device)
    rows = (places >= top) & (places < top + spec.pixels)
    columns = (places >= left) & (places < left + spec.pixels)
    return pixels.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0.0)


_VALUES: dict[type[Augmentation], Callable[..., Tensor]] = {
    Thickness: _thickness,
    Contrast: _contrast,
    Noise: _noise,
    Erase: _erase,
}
IMPLEMENTED = {*_MAPS, *_DISPLACEMENTS, *_VALUES}
