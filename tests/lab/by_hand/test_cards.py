"""A card shows where a number comes from, and its paths add up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lab.by_hand.cards import Card, card
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.setting import selectable
from lab.texts import speaking
from tests.lab.by_hand.examples import examples, taught


@settings(max_examples=40, deadline=None)
@given(examples())
def test_every_card_has_paths_that_add_up(example: Example) -> None:
    told = taught(example)
    for name in selectable(example):
        shown = card(told, name)
        assert shown.title
        if shown.paths:
            assert sum(path.value for path in shown.paths) == pytest.approx(shown.total, abs=1e-12)
            for path in shown.paths:
                assert path.value == pytest.approx(path.incoming_value * path.local_value)


@pytest.mark.parametrize("name", selectable(DOCUMENT))
def test_a_card_is_in_the_language_of_its_reader(name: str) -> None:
    english = card(taught(), name)
    with speaking("zh"):
        chinese = card(taught(), name)
    for ours, theirs in zip(words(english), words(chinese), strict=True):
        assert ours.isascii()
        assert not theirs.isascii(), theirs


def words(shown: Card) -> list[str]:
    remarks = [line.remark for line in (*shown.forward, *shown.backward) if line.remark]
    return [shown.title, shown.text, *(path.via for path in shown.paths), *remarks]
