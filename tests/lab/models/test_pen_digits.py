"""Real pen digits through the whole path, where this machine has them (LAB_TEST_DATA names their folder)."""

from collections.abc import Sequence

import numpy as np
import pytest

from lab.ink.drawing import rasterise, unit_drawing
from lab.ink.framing import STEPS, frame
from lab.models.answers import answers
from lab.models.loading import load_model
from tests.support.pen import pen_digits

DIGITS = pen_digits()
pytestmark = pytest.mark.skipif(not DIGITS, reason="no pen digits on this machine")


def read(
    name: str, brush: float = 20.0, as_pixels: bool = False, off: Sequence[str] = ()
) -> tuple[float, float]:
    """The share of pen digits read right, and the share called a digit."""
    drawings = [unit_drawing(digit.strokes, brush=brush) for digit in DIGITS]
    sources = [rasterise(drawing) if as_pixels else drawing for drawing in drawings]
    found = answers(load_model(name), [frame(source, off=off, stages=False) for source in sources])
    right = [one.digit == digit.label for one, digit in zip(found, DIGITS, strict=True)]
    return float(np.mean(right)), float(np.mean([one.is_digit for one in found]))


@pytest.mark.parametrize("brush", [8, 20, 32])
def test_the_cnn_reads_pen_digits_at_any_brush(brush: float) -> None:
    right, called_digits = read("cnn", brush)
    assert right >= 0.98
    assert called_digits >= 0.96


def test_the_cnn_reads_them_from_the_painted_canvas_too() -> None:
    assert read("cnn", as_pixels=True)[0] >= 0.975


def test_the_augmented_mlp_reads_them_and_the_framing_is_what_lets_the_documents_mlp_read_them() -> None:
    assert read("augmented-mlp")[0] >= 0.965
    shrunk = read("document-mlp", off=[step.name for step in STEPS if step.name != "normalise"])[0]
    assert read("document-mlp")[0] > shrunk + 0.1
