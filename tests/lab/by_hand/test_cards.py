"""A card shows where a number comes from, and its paths add up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lab.by_hand.cards import card
from lab.by_hand.example import Example
from lab.by_hand.setting import selectable
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
