"""The training images that are nearest."""

from __future__ import annotations

from pathlib import Path

from lab.explain.neighbours import nearest_training_images
from lab.models.loading import load_model
from tests.support.drawn_digits import framed


def test_the_nearest_training_images_are_sorted_and_the_same_digit(tmp_path: Path) -> None:
    model = load_model("cnn")
    found = nearest_training_images(model, framed(0), tmp_path, count=5)
    assert len(found) == 5
    distances = [neighbour.distance for neighbour in found]
    assert distances == sorted(distances)
    assert found[0].image.shape == (28, 28)
    assert found[0].label == 0
