"""Every fault of the fast way of training has its sentence, in each language."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from lab.events import PlainSteps
from lab.runs.faults import fault_in_words
from lab.texts import LANGUAGES, speaking


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", get_args(get_type_hints(PlainSteps)["what"]))
def test_every_fault_is_said(what: str, language: str) -> None:
    note = PlainSteps(what=what, detail="0.weight", fault="0.weight differs")  # type: ignore[arg-type]
    with speaking(language):
        assert what == "loss" or "0.weight" in fault_in_words(note)
        assert fault_in_words(note)
