"""The augmentations: one table entry each, how training images are varied, drawn anew for every sample.

Owns their words and bounds. What they do to tensors stands in `lab.training.augmenting`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lab.registry import Part, hyper, table
from lab.texts import Words, said


class Augmentation(Part):
    """One way to vary an image. Which of the three stages it belongs to says `stage`:
    affine maps and displacements move pixels (in one resampling), the others change their values."""

    stage: ClassVar[Literal["affine", "displace", "value"]]


class Rotate(Augmentation):
    """A turn to either side."""

    title: ClassVar[Words] = said("parts.augmentations.rotate.title")
    summary: ClassVar[Words] = said("parts.augmentations.rotate.summary")
    formula: ClassVar[str] = r"\alpha \sim U(-d, d)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["rotate"] = "rotate"
    degrees: float = hyper(
        10.0,
        said("parts.augmentations.rotate.degrees.title"),
        said("parts.augmentations.rotate.degrees.description"),
        ge=0.0,
        le=180.0,
    )


class Scale(Augmentation):
    """Larger or smaller, height and width apart."""

    title: ClassVar[Words] = said("parts.augmentations.scale.title")
    summary: ClassVar[Words] = said("parts.augmentations.scale.summary")
    formula: ClassVar[str] = r"s_x, s_y \sim U(1 - a, 1 + a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["scale"] = "scale"
    amount: float = hyper(
        0.1,
        said("parts.augmentations.scale.amount.title"),
        said("parts.augmentations.scale.amount.description"),
        ge=0.0,
        le=0.8,
    )


class Shear(Augmentation):
    """A slant to either side."""

    title: ClassVar[Words] = said("parts.augmentations.shear.title")
    summary: ClassVar[Words] = said("parts.augmentations.shear.summary")
    formula: ClassVar[str] = r"x \leftarrow x + k\,y, \quad k \sim U(-a, a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["shear"] = "shear"
    amount: float = hyper(
        0.2,
        said("parts.augmentations.shear.amount.title"),
        said("parts.augmentations.shear.amount.description"),
        ge=0.0,
        le=1.0,
    )


class Shift(Augmentation):
    """A move in any direction."""

    title: ClassVar[Words] = said("parts.augmentations.shift.title")
    summary: ClassVar[Words] = said("parts.augmentations.shift.summary")
    formula: ClassVar[str] = r"t_x, t_y \sim U(-p, p)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["shift"] = "shift"
    pixels: float = hyper(
        2.0,
        said("parts.augmentations.shift.pixels.title"),
        said("parts.augmentations.shift.pixels.description"),
        ge=0.0,
        le=14.0,
    )


class Elastic(Augmentation):
    """A smooth distortion."""

    title: ClassVar[Words] = said("parts.augmentations.elastic.title")
    summary: ClassVar[Words] = said("parts.augmentations.elastic.summary")
    formula: ClassVar[str] = r"\Delta(x, y) \sim N(0, p^2)"
    source: ClassVar[str] = "Simard et al. 2003, ICDAR"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "displace"
    kind: Literal["elastic"] = "elastic"
    pixels: float = hyper(
        1.0,
        said("parts.augmentations.elastic.pixels.title"),
        said("parts.augmentations.elastic.pixels.description"),
        ge=0.0,
        le=5.0,
    )
    grid: int = hyper(
        5,
        said("parts.augmentations.elastic.grid.title"),
        said("parts.augmentations.elastic.grid.description"),
        ge=2,
        le=14,
    )


class Thickness(Augmentation):
    """Bolder or finer strokes."""

    title: ClassVar[Words] = said("parts.augmentations.thickness.title")
    summary: ClassVar[Words] = said("parts.augmentations.thickness.summary")
    formula: ClassVar[str] = r"x \leftarrow x + t\,(\mathrm{dilate}(x) - x), \quad t \sim U(-a, a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["thickness"] = "thickness"
    amount: float = hyper(
        0.5,
        said("parts.augmentations.thickness.amount.title"),
        said("parts.augmentations.thickness.amount.description"),
        ge=0.0,
        le=1.0,
    )


class Contrast(Augmentation):
    """Crisper edges."""

    title: ClassVar[Words] = said("parts.augmentations.contrast.title")
    summary: ClassVar[Words] = said("parts.augmentations.contrast.summary")
    formula: ClassVar[str] = r"x \leftarrow \mathrm{clip}(0.4 + k\,(x / \max x - 0.4)), \quad k \sim U(1, a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["contrast"] = "contrast"
    amount: float = hyper(
        2.0,
        said("parts.augmentations.contrast.amount.title"),
        said("parts.augmentations.contrast.amount.description"),
        ge=1.0,
        le=10.0,
    )


class Noise(Augmentation):
    """Random grey values."""

    title: ClassVar[Words] = said("parts.augmentations.noise.title")
    summary: ClassVar[Words] = said("parts.augmentations.noise.summary")
    formula: ClassVar[str] = r"x \leftarrow \mathrm{clip}(x + n), \quad n \sim N(0, s^2)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["noise"] = "noise"
    std: float = hyper(
        0.1,
        said("parts.augmentations.noise.std.title"),
        said("parts.augmentations.noise.std.description"),
        ge=0.0,
        le=1.0,
    )


class Erase(Augmentation):
    """A square without ink."""

    title: ClassVar[Words] = said("parts.augmentations.erase.title")
    summary: ClassVar[Words] = said("parts.augmentations.erase.summary")
    formula: ClassVar[str] = r"x_{i..i+p,\, j..j+p} = 0"
    source: ClassVar[str] = "DeVries & Taylor 2017, arXiv:1708.04552"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["erase"] = "erase"
    pixels: int = hyper(
        6,
        said("parts.augmentations.erase.pixels.title"),
        said("parts.augmentations.erase.pixels.description"),
        ge=1,
        le=20,
    )


AnyAugmentation = Annotated[
    Rotate | Scale | Shear | Shift | Elastic | Thickness | Contrast | Noise | Erase,
    Field(discriminator="kind"),
]
AUGMENTATIONS: dict[str, type[Augmentation]] = table(AnyAugmentation)
