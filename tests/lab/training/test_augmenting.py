"""Augmentation: each image varied in its own way, the same from the same generator, and never blank."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torchvision.transforms.v2 import functional as reference

from lab.parts.augmentations import (
    AUGMENTATIONS,
    Augmentation,
    Elastic,
    Erase,
    Noise,
    Rotate,
    Scale,
    Shear,
    Shift,
    Thickness,
)
from lab.training import augmenting
from lab.training.augmenting import augmented
from tests.support.parts import part
from tests.support.small_runs import digits


def sample(count: int = 20) -> Tensor:
    return torch.from_numpy(np.array(digits().train_images[:count]))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def fixed(monkeypatch: pytest.MonkeyPatch, *values: float) -> None:
    """Makes the draws these values, one per call, the same for every image."""
    waiting = list(values)
    draws = augmenting._Draws
    monkeypatch.setattr(
        draws, "uniform", lambda self, low, high: torch.full((self.count,), float(waiting.pop(0)))
    )


def test_every_entry_of_the_table_is_implemented() -> None:
    assert set(AUGMENTATIONS.values()) == augmenting.IMPLEMENTED


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_every_augmentation_changes_images_each_in_its_own_way(kind: str) -> None:
    same = sample(1).repeat(8, 1, 1)
    varied = augmented(same, (part(AUGMENTATIONS, kind),), generator())
    assert varied.shape == same.shape
    assert varied.dtype == torch.uint8
    assert len({image.numpy().tobytes() for image in varied}) == 8


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_the_same_generator_gives_the_same_images(kind: str) -> None:
    parts = (part(AUGMENTATIONS, kind),)
    one, two, other = (augmented(sample(), parts, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([part(AUGMENTATIONS, kind) for kind in AUGMENTATIONS]), max_size=8),
    st.integers(0, 99),
)
def test_any_combination_leaves_ink_on_paper_and_the_originals_alone(
    parts: list[Augmentation], seed: int
) -> None:
    images = sample()
    before = images.clone()
    varied = augmented(images, tuple(parts), generator(seed))
    assert torch.equal(images, before)
    assert (varied.flatten(1).float().mean(1) > 2).all()


NOTHING = [
    Rotate(degrees=0),
    Scale(amount=0),
    Shear(amount=0),
    Shift(pixels=0),
    Elastic(pixels=0),
    Thickness(amount=0),
    Noise(std=0),
]


@pytest.mark.parametrize("nothing", NOTHING, ids=lambda nothing: nothing.kind)
def test_an_augmentation_of_size_zero_changes_nothing(nothing: Augmentation) -> None:
    change = augmented(sample(), (nothing,), generator()).int() - sample().int()
    assert change.abs().max() <= 1


def close(mine: Tensor, theirs: Tensor) -> bool:
    return bool((mine.float() - theirs.float()).abs().mean() < 0.6)


def test_rotation_is_torchvisions(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(monkeypatch, math.radians(20))
    mine = augmented(sample(), (Rotate(degrees=30),))
    theirs = [
        reference.rotate(sample()[:, None].float(), sign * 20, reference.InterpolationMode.BILINEAR)[:, 0]
        for sign in (1, -1)
    ]
    assert any(close(mine, one) for one in theirs)


def test_a_shift_by_whole_pixels_is_a_roll(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(monkeypatch, 2, -3)
    mine = augmented(sample(), (Shift(pixels=5),))
    assert close(mine, sample().roll((-3, 2), (1, 2)))


def test_shear_and_scale_are_torchvisions_affine(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(monkeypatch, 1.25, 1.25)
    bigger = augmented(sample(), (Scale(amount=0.5),))
    options = {"angle": 0.0, "translate": [0, 0], "interpolation": reference.InterpolationMode.BILINEAR}
    theirs = reference.affine(sample()[:, None].float(), scale=1.25, shear=[0.0, 0.0], **options)[:, 0]
    assert close(bigger, theirs)
    fixed(monkeypatch, 0.3)
    slanted = augmented(sample(), (Shear(amount=0.5),))
    angle = math.degrees(math.atan(0.3))
    candidates = [
        reference.affine(sample()[:, None].float(), scale=1.0, shear=[s * angle, 0.0], **options)[:, 0]
        for s in (1, -1)
    ]
    assert any(close(slanted, one) for one in candidates)


def test_several_moves_are_made_in_their_order_with_one_resampling(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(monkeypatch, math.radians(90), 4, 0)
    turned_then_moved = augmented(sample(), (Rotate(degrees=180), Shift(pixels=5)))
    fixed(monkeypatch, math.radians(90))
    turned = augmented(sample(), (Rotate(degrees=180),))
    assert close(turned_then_moved, turned.roll(4, 2))


def test_erasing_wipes_a_square_of_the_size_asked_for() -> None:
    paper = torch.full((30, 28, 28), 200, dtype=torch.uint8)
    erased = augmented(paper, (Erase(pixels=6),), generator())
    assert ((erased == 0).flatten(1).sum(1) == 36).all()


def test_thickness_goes_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    ink = sample().float().mean()
    fixed(monkeypatch, 0.5)
    bolder = augmented(sample(), (Thickness(amount=0.5),)).float().mean()
    fixed(monkeypatch, -0.5)
    finer = augmented(sample(), (Thickness(amount=0.5),)).float().mean()
    assert finer < ink < bolder


def test_nothing_to_do_gives_the_images_themselves() -> None:
    images = sample()
    assert augmented(images, ()) is images
    assert augmented(images[:0], (Rotate(),)).shape == (0, 28, 28)


def test_thickness_takes_the_extreme_of_the_neighbours_as_pooling_does() -> None:
    pixels = torch.rand(7, 1, 28, 28)
    bolder = torch.nn.functional.max_pool2d(pixels, 3, 1, 1)
    finer = -torch.nn.functional.max_pool2d(-pixels, 3, 1, 1)
    assert torch.equal(augmenting._of_neighbours(pixels, torch.maximum), bolder)
    assert torch.equal(augmenting._of_neighbours(pixels, torch.minimum), finer)


@pytest.mark.parametrize("points", [2, 5, 14])
def test_elastic_moves_are_smooth_between_the_points_as_torchs_bicubic_is(points: int) -> None:
    coarse = torch.randn(3, 2, points, points)
    smooth = augmenting._smoothing(points, 28, torch.device("cpu"))
    theirs = torch.nn.functional.interpolate(coarse, (28, 28), mode="bicubic", align_corners=True)
    assert torch.allclose(smooth @ (coarse @ smooth.T), theirs, atol=1e-5)
