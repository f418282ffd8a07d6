"""What does not fit says why, and a fix is a change of the stack."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lab.parts.layers.base import Fix, Layer, LayerMisfit, check_window, image_shape, with_activation
from lab.parts.layers.convolution import Conv2d, MaxPool
from lab.parts.layers.dense import Flatten, Linear
from lab.texts import said, speaking

STACK: tuple[Layer, ...] = (Flatten(), Linear(units=5), Linear(units=10))
NEW = Linear(units=7)
ADDED = said("parts.layers.fixes.insert_before", layer=NEW.title)


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (Fix(ADDED, "insert_before", NEW), (STACK[0], NEW, STACK[1], STACK[2])),
        (Fix(ADDED, "replace", NEW), (STACK[0], NEW, STACK[2])),
        (Fix(ADDED, "remove"), (STACK[0], STACK[2])),
    ],
)
def test_a_fix_inserts_replaces_or_removes(fix: Fix, expected: tuple[Layer, ...]) -> None:
    assert fix.applied(STACK, 1) == expected
    assert STACK[1] == Linear(units=5)


def test_a_fix_for_the_output_is_added_at_the_end() -> None:
    assert Fix(ADDED, "insert_before", NEW).applied(STACK, len(STACK)) == (*STACK, NEW)


def test_a_shape_is_an_image_or_the_layer_is_to_go() -> None:
    assert image_shape((1, 28, 28), Conv2d.title) == (1, 28, 28)
    with pytest.raises(LayerMisfit, match=r"Conv2d needs an image .* but gets 7 × 4") as caught:
        image_shape((7, 4), Conv2d.title)
    assert caught.value.fix == Fix(said("parts.layers.fixes.remove", layer=Conv2d.title), "remove")


def test_a_misfit_and_its_fix_are_said_in_the_language_of_the_reader() -> None:
    with pytest.raises(LayerMisfit) as caught:
        Linear().build((3, 4, 5))
    assert caught.value.fix is not None
    with speaking("zh"):
        assert str(caught.value) == "全连接层需要向量，实际输入为 3 × 4 × 5 的图像"
        assert str(caught.value.fix.title) == "在它之前插入展平层"


@pytest.mark.parametrize(
    ("kernel", "padding", "fits"), [(5, 0, True), (6, 0, False), (7, 1, True), (8, 1, False)]
)
def test_a_window_fits_where_torchs_does(kernel: int, padding: int, fits: bool) -> None:
    image = (2, 5, 9)
    torchs = nn.Conv2d(2, 1, kernel, padding=padding)
    if fits:
        check_window(kernel, image, padding, Conv2d(kernel=kernel))
        torchs(torch.zeros(1, *image))
        return
    with pytest.raises(RuntimeError):
        torchs(torch.zeros(1, *image))
    with pytest.raises(LayerMisfit) as caught:
        check_window(kernel, image, padding, MaxPool(kernel=kernel))
    assert caught.value.fix is not None
    assert caught.value.fix.layer == MaxPool(kernel=5 + 2 * padding)


def test_an_activation_follows_and_identity_adds_nothing() -> None:
    inner = nn.Linear(2, 2)
    assert [name for name, _ in with_activation("linear", inner, "identity").named_children()] == ["linear"]
    x = torch.randn(3, 2)
    torch.testing.assert_close(with_activation("linear", inner, "tanh")(x), torch.tanh(inner(x)))


def test_a_layer_without_a_builder_says_so() -> None:
    with pytest.raises(TypeError, match="Layer has no builder"):
        Layer(kind="none").build((1,))
