import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.ink.drawing import parse_drawing, rasterise
from lab.ink.framing import STEPS
from lab.models.answers import answer, answers, inputs, read_number, through_training
from lab.models.loading import load_model
from lab.paths import epoch_weights
from lab.spec import RunSpec
from tests.lab.models.saved import RUN, saved
from tests.support.drawn_digits import DIGITS, framed


@pytest.mark.parametrize("digit", range(10))
def test_the_shipped_networks_read_a_drawn_digit_at_any_brush(digit: int) -> None:
    for name in ("cnn", "augmented-mlp"):
        found = answers(load_model(name), [framed(digit, brush) for brush in (4, 10, 16)])
        assert [one.digit for one in found] == [digit] * 3
        assert all(one.is_digit and not one.refusal for one in found)


def test_an_answer_is_a_distribution_with_its_margin() -> None:
    found = answer(load_model("cnn"), framed(4))
    best, second = sorted(found.probabilities, reverse=True)[:2]
    assert sum(found.probabilities) == pytest.approx(1)
    assert found.margin == pytest.approx(best - second)
    assert found.probabilities[found.digit] == best


def test_a_batch_gives_what_each_alone_gives() -> None:
    model = load_model("cnn")
    framings = [framed(digit) for digit in range(10)]
    alone = [answer(model, framing).probabilities for framing in framings]
    together = [one.probabilities for one in answers(model, framings)]
    np.testing.assert_allclose(alone, together, atol=1e-5)
    assert answers(model, []) == ()


def test_the_model_uses_its_own_normalisation_whatever_the_framing_was_made_with() -> None:
    model = load_model("document-mlp")
    assert model.normalisation.name == "half"
    one, two = framed(3, normalisation="mnist"), framed(3, normalisation="half")
    assert answer(model, one) == answer(model, two)
    torch.testing.assert_close(inputs(model, [one])[0, 0], torch.from_numpy(two.values))


def test_a_step_switched_off_is_off_for_the_model_too() -> None:
    raw = framed(3, off=["normalise"])
    torch.testing.assert_close(inputs(load_model("cnn"), [raw])[0, 0], torch.from_numpy(raw.pixels))
    merely_shrunk = framed(3, off=[step.name for step in STEPS])
    assert answer(load_model("cnn"), merely_shrunk) != answer(load_model("cnn"), framed(3))


def test_a_drawing_is_followed_through_training(tmp_path: Path, spec: RunSpec) -> None:
    for epoch in (1, 2, 3, 12):
        saved(epoch_weights(tmp_path, RUN, epoch), spec, epoch=str(epoch))
    epoch_weights(tmp_path, RUN, 2).write_bytes(b"cut off")
    lines = through_training(RUN, framed(7), tmp_path)
    assert [epoch for epoch, _ in lines] == [1, 3, 12]
    assert load_model(f"{RUN}@3", tmp_path).epoch == 3


def test_a_long_training_is_followed_at_sixty_epochs_and_its_last(tmp_path: Path, spec: RunSpec) -> None:
    saved(epoch_weights(tmp_path, RUN, 1), spec)
    for epoch in range(2, 151):
        shutil.copy(epoch_weights(tmp_path, RUN, 1), epoch_weights(tmp_path, RUN, epoch))
    lines = through_training(RUN, framed(7), tmp_path)
    assert len(lines) <= 61
    assert lines[-1][0] == 150


def test_a_number_is_read_from_strokes_and_from_pixels() -> None:
    strokes = [
        [[x + 110 * place + 20, y + 30] for x, y in stroke]
        for place, digit in enumerate((2, 0, 7))
        for stroke in DIGITS[digit]
    ]
    drawing = parse_drawing(strokes, width=380, height=170, brush=10)
    for source in (drawing, rasterise(drawing)):
        assert [found.digit for _, found in read_number(load_model("cnn"), source)] == [2, 0, 7]
