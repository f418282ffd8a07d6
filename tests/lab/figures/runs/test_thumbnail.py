"""The small loss curve of a list of runs."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from lab.figures.runs.thumbnail import HEIGHT, WIDTH, thumbnail, thumbnail_data


@given(st.lists(st.floats(), max_size=64))
def test_any_curve_fits_into_its_picture(curve: list[float]) -> None:
    points = thumbnail_data(curve)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    ElementTree.fromstring(thumbnail(points))


def test_a_falling_loss_falls_in_the_picture() -> None:
    heights = [y for _, y in thumbnail_data([2.3, 1.0, 0.5, 0.1])]
    assert heights == sorted(heights)


def test_what_is_no_number_leaves_no_point() -> None:
    assert len(thumbnail_data([2.0, float("nan"), 1.0, float("inf")])) == 2
