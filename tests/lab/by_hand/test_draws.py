"""Numbers to begin with, drawn from a seed."""

from __future__ import annotations

import pytest

from lab.by_hand.draws import PAPER, WEIGHTS, drawn, starting_example
from lab.by_hand.update import start
from lab.parts.initialisations import INITIALISATIONS


def test_every_initialisation_of_the_train_page_can_be_drawn() -> None:
    taken_from_elsewhere = {"run"}
    assert set(INITIALISATIONS) - taken_from_elsewhere == set(WEIGHTS) - {PAPER}


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_seed_means_the_same_numbers_and_another_seed_others(name: str) -> None:
    assert drawn((3, 4, 2), name, 7) == drawn((3, 4, 2), name, 7)
    if name != "zeros":
        assert drawn((3, 4, 2), name, 7) != drawn((3, 4, 2), name, 8)


@pytest.mark.parametrize("seed", range(12))
def test_a_paper_friendly_draw_has_one_dead_unit_and_fits_every_loss(seed: int) -> None:
    point = start(starting_example((3, 4, 2), "", seed))
    dead = [unit for unit in point.trace.example.layers[0] if point.trace.is_dead(unit)]
    assert len(dead) == 1
    assert all(0 < point.trace.values[f"a{unit.number}"] < 1 for unit in point.trace.example.outputs)
