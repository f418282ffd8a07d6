"""A long curve in few points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.runs.coarse_curve import POINTS, CoarseCurve, coarse_curve_from_json


@given(st.lists(st.lists(st.floats(0, 10) | st.none(), min_size=1, max_size=40), max_size=30))
def test_a_coarse_curve_holds_the_mean_of_every_stretch_of_a_curve(blocks: list[list[float | None]]) -> None:
    curve = CoarseCurve()
    losses: list[float | None] = []
    for block in blocks:
        losses += block
        curve.add(len(losses), block)
    assert len(curve.points) < POINTS
    for index, point in enumerate(curve.points):
        stretch = losses[index * curve.stride : (index + 1) * curve.stride]
        whole = [loss for loss in stretch if loss is not None]
        if len(whole) == len(stretch):
            assert point == pytest.approx(sum(whole) / len(whole))
    again = coarse_curve_from_json(curve.to_json())
    assert again.stride == curve.stride
    assert len(again.points) == len(curve.points)


def test_a_coarse_curve_of_a_run_taken_up_again_forgets_what_came_after_the_checkpoint() -> None:
    curve = CoarseCurve()
    curve.add(4, (4.0, 3.0, 2.0, 1.0))
    curve.add(3, (9.0,))
    assert curve.points == [4.0, 3.0, 9.0]
