"""Every reason why a drawing is no digit has its sentences, in each language."""

from __future__ import annotations

from typing import get_args

import pytest

from lab.models.outliers import Refusal
from lab.models.wording import above_answers, refusal_in_words
from lab.texts import LANGUAGES, speaking


@pytest.mark.parametrize("refusal", get_args(Refusal))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_said_alone_and_above_the_answers(refusal: Refusal, language: str) -> None:
    with speaking(language):
        assert refusal_in_words(refusal)
        assert above_answers(refusal) != refusal_in_words(refusal)
    assert above_answers(refusal).startswith("This does not look like a digit: ")


def test_a_digit_is_not_refused() -> None:
    assert refusal_in_words(None) == above_answers(None) == ""
