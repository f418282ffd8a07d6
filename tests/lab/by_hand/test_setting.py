"""What a person can change, and its bounds."""

from __future__ import annotations

import pytest

from lab.by_hand.example import DOCUMENT
from lab.by_hand.offered import LR, RULES
from lab.by_hand.setting import Setting, selectable, within
from lab.by_hand.tracer import trace
from lab.registry import SpecError

MOMENTUM = next(each for each in RULES["momentum"].hyperparameters if each.name == "momentum")


def test_the_default_is_the_documents_example_untouched() -> None:
    assert Setting().example == Setting().base == DOCUMENT


def test_the_base_is_what_was_drawn_whatever_was_changed_by_hand() -> None:
    drawn = Setting(init="he_normal", seed=4).base
    edited = Setting(drawn.changed({"x1": 9.0}), init="he_normal", seed=4)
    assert edited.base == drawn
    assert edited.example != drawn


def test_everything_that_can_be_selected_is_a_quantity_a_bias_node_or_the_loss() -> None:
    names = selectable(DOCUMENT)
    assert len(set(names)) == len(names)
    values = trace(DOCUMENT).values
    assert set(DOCUMENT.parameters) | set(DOCUMENT.inputs) < set(names)
    others = set(names) - set(values) - {"J"}
    assert others == {"bias1", "bias2", *(f"u{number}" for number in range(1, 7))}


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), ("1e-3", 1e-3), ("0", 0.0)])
def test_an_option_is_read(text: str, value: float) -> None:
    assert within(MOMENTUM, text) == value


@pytest.mark.parametrize("text", ["1", "-0.1", "much"])
def test_an_option_out_of_bounds_is_named_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        within(MOMENTUM, text)
    assert "momentum" in str(caught.value)
    assert text in str(caught.value)


def test_a_rate_of_zero_is_none() -> None:
    with pytest.raises(SpecError, match="lr"):
        within(LR, "0")
