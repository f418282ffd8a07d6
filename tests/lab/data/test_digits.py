"""The digits that come with scikit-learn, made to look like MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lab import data


def test_bundled_digits_look_like_mnist(tmp_path: Path) -> None:
    loaded = data.load("digits", tmp_path)
    assert loaded.stand_in is None
    assert loaded.train_images.shape == (1437, 28, 28)
    assert loaded.test_images.shape == (360, 28, 28)
    assert loaded.train_images.dtype == loaded.train_labels.dtype == np.uint8
    assert set(loaded.train_labels) == set(loaded.test_labels) == set(range(10))
    grid = np.arange(28)
    for image in loaded.test_images[:50].astype(float):
        assert abs((image.sum(1) @ grid) / image.sum() - 13.5) < 1.6
        assert abs((image.sum(0) @ grid) / image.sum() - 13.5) < 1.6
        assert image[:2].sum() == image[-2:].sum() == 0


def test_bundled_digits_have_no_sample_in_both_parts(tmp_path: Path) -> None:
    loaded = data.load("digits", tmp_path)
    train = {image.tobytes() for image in loaded.train_images}
    shared = sum(image.tobytes() in train for image in loaded.test_images)
    assert shared == 0


def test_the_kept_copy_of_the_digits_is_the_same_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    first = data.load("digits", tmp_path)
    again = data.load("digits", tmp_path)
    assert (first.train_images == again.train_images).all()
    kept = next((tmp_path / "data").glob("*.npy"))
    kept.write_bytes(kept.read_bytes()[:1000])
    repaired = data.load("digits", tmp_path)
    assert (first.test_labels == repaired.test_labels).all()
