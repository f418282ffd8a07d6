"""The augmentations: one table entry each, how training images are varied, drawn anew for every sample.

Owns their words and bounds. What they do to tensors stands in `lab.training.augmenting`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lab.registry import Part, hyper, table


class Augmentation(Part):
    """One way to vary an image. Which of the three stages it belongs to says `stage`:
    affine maps and displacements move pixels (in one resampling), the others change their values."""

    stage: ClassVar[Literal["affine", "displace", "value"]]


class Rotate(Augmentation):
    """A turn to either side."""

    title: ClassVar[str] = "Rotate"
    summary: ClassVar[str] = "Turns each image by a random angle."
    formula: ClassVar[str] = r"\alpha \sim U(-d, d)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["rotate"] = "rotate"
    degrees: float = hyper(10.0, "Degrees", "The largest angle to either side.", ge=0.0, le=180.0)


class Scale(Augmentation):
    """Larger or smaller, height and width apart."""

    title: ClassVar[str] = "Scale"
    summary: ClassVar[str] = "Makes each image larger or smaller, its height and width apart."
    formula: ClassVar[str] = r"s_x, s_y \sim U(1 - a, 1 + a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["scale"] = "scale"
    amount: float = hyper(0.1, "Amount", "The largest change, as a share of the size.", ge=0.0, le=0.8)


class Shear(Augmentation):
    """A slant to either side."""

    title: ClassVar[str] = "Shear"
    summary: ClassVar[str] = "Slants each image to the left or right."
    formula: ClassVar[str] = r"x \leftarrow x + k\,y, \quad k \sim U(-a, a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["shear"] = "shear"
    amount: float = hyper(0.2, "Amount", "The largest slant: sideways per height.", ge=0.0, le=1.0)


class Shift(Augmentation):
    """A move in any direction."""

    title: ClassVar[str] = "Shift"
    summary: ClassVar[str] = "Moves each image sideways and up or down."
    formula: ClassVar[str] = r"t_x, t_y \sim U(-p, p)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "affine"
    kind: Literal["shift"] = "shift"
    pixels: float = hyper(2.0, "Pixels", "The largest move in each direction.", ge=0.0, le=14.0)


class Elastic(Augmentation):
    """A smooth distortion."""

    title: ClassVar[str] = "Elastic"
    summary: ClassVar[str] = "Bends each image as if drawn on rubber."
    formula: ClassVar[str] = r"\Delta(x, y) \sim N(0, p^2) \text{ on a coarse grid}"
    source: ClassVar[str] = "Simard et al. 2003, ICDAR"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "displace"
    kind: Literal["elastic"] = "elastic"
    pixels: float = hyper(1.0, "Pixels", "How far the points of the coarse grid move.", ge=0.0, le=5.0)
    grid: int = hyper(5, "Grid", "How many points the coarse grid has on each side.", ge=2, le=14)


class Thickness(Augmentation):
    """Bolder or finer strokes."""

    title: ClassVar[str] = "Thickness"
    summary: ClassVar[str] = "Makes the strokes of each image bolder or finer, as another pen would."
    formula: ClassVar[str] = r"x \leftarrow x + t\,(\mathrm{dilate}(x) - x), \quad t \sim U(-a, a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["thickness"] = "thickness"
    amount: float = hyper(0.5, "Amount", "The largest share of a pixel added or taken away.", ge=0.0, le=1.0)


class Contrast(Augmentation):
    """Crisper edges."""

    title: ClassVar[str] = "Contrast"
    summary: ClassVar[str] = "Brings the darkest ink to full and makes edges crisp, as with a felt pen."
    formula: ClassVar[str] = r"x \leftarrow \mathrm{clip}(0.4 + k\,(x / \max x - 0.4)), \quad k \sim U(1, a)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["contrast"] = "contrast"
    amount: float = hyper(2.0, "Amount", "The largest factor between grey levels.", ge=1.0, le=10.0)


class Noise(Augmentation):
    """Random grey values."""

    title: ClassVar[str] = "Noise"
    summary: ClassVar[str] = "Adds a random grey value to every pixel."
    formula: ClassVar[str] = r"x \leftarrow \mathrm{clip}(x + n), \quad n \sim N(0, s^2)"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["noise"] = "noise"
    std: float = hyper(0.1, "Standard deviation", "The width of the noise, 1 being full ink.", ge=0.0, le=1.0)


class Erase(Augmentation):
    """A square without ink."""

    title: ClassVar[str] = "Erase"
    summary: ClassVar[str] = "Wipes a square out of each image, so that no single part decides."
    formula: ClassVar[str] = r"x_{i..i+p,\, j..j+p} = 0"
    source: ClassVar[str] = "DeVries & Taylor 2017, arXiv:1708.04552"
    stage: ClassVar[Literal["affine", "displace", "value"]] = "value"
    kind: Literal["erase"] = "erase"
    pixels: int = hyper(6, "Pixels", "The side of the square.", ge=1, le=20)


AnyAugmentation = Annotated[
    Rotate | Scale | Shear | Shift | Elastic | Thickness | Contrast | Noise | Erase,
    Field(discriminator="kind"),
]
AUGMENTATIONS: dict[str, type[Augmentation]] = table(AnyAugmentation)
