"""Every refusal of a drawing has its sentences."""

from __future__ import annotations

from typing import get_args

import pytest

from lab.models.outliers import Refusal
from lab.models.wording import above_answers, refusal_in_words


@pytest.mark.parametrize("refusal", get_args(Refusal))
def test_every_refusal_is_said(refusal: Refusal) -> None:
    assert refusal_in_words(refusal).endswith(".")
    assert above_answers(refusal).startswith("This does not look like a digit: ")


def test_of_a_digit_nothing_is_said() -> None:
    assert refusal_in_words(None) == ""
