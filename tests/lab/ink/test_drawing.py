import itertools
import json

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lab.ink.drawing import (
    NO_SHARE,
    NO_SIZE,
    Drawing,
    InkError,
    drawing_json,
    parse_drawing,
    rasterise,
    unit_drawing,
)
from tests.support.drawn_digits import Strokes

LINE = [[[10, 20], [30, 40], [50, 20]]]
coordinate = st.floats(0, 280, width=32)
strokes = st.lists(
    st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=12), min_size=1, max_size=4
)


@given(strokes)
def test_a_drawing_survives_json(value: Strokes) -> None:
    drawing = parse_drawing(value, brush=12)
    again = parse_drawing(json.loads(json.dumps(drawing_json(drawing))))
    assert (again.width, again.height, again.brush) == (280.0, 280.0, 12.0)
    for before, after in zip(drawing.strokes, again.strokes, strict=True):
        np.testing.assert_allclose(before, after, atol=0.006)


def test_what_a_point_carries_after_x_and_y_is_left_out() -> None:
    with_pressure = [[[10, 20, 0.5, 17], [30, 40, 0.7, 33]]]
    assert parse_drawing(with_pressure).strokes[0].tolist() == [[10, 20], [30, 40]]


def test_strokes_without_points_are_left_out() -> None:
    assert len(parse_drawing([[], *LINE, []]).strokes) == 1


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("abc", "expected a list of strokes, got str"),
        (None, "got NoneType"),
        ({"width": 280}, "got NoneType"),
        ([7], "stroke 0: expected a list of points, got int"),
        ([[[1]]], "stroke 0, point 0"),
        ([[[1, 2], [float("nan"), 2]]], "stroke 0, point 1, x: 'nan' is not a finite number"),
        ([[[1, 2], [3, 10**400]]], f"stroke 0, point 1, y: '1{'0' * 59}' is not a finite number"),
        ([[[1, "2"]]], "stroke 0, point 0, y"),
        ([[[1e12, 2]]], "out of range"),
        ([[]] * 2_001, "2,001 are too many"),
        ([[[0, 0]] * 20_001], "20,001 points are too many"),
        ({"strokes": LINE, "brush": 0}, "brush: 0 is out of range"),
        ({"strokes": LINE, "width": 1e9}, "width"),
        ({"strokes": LINE, "height": True}, "height: 'True' is not a finite number"),
    ],
)
def test_bad_strokes_are_refused_by_name(value: object, says: str) -> None:
    with pytest.raises(InkError) as error:
        parse_drawing(value)
    assert says in str(error.value)


@given(strokes, st.floats(0.01, 100))
@example([[(0.0, 0.0), (6e-8, 0.0)]], 100.0)
@example([[(0.0, 0.0), (6e-8, 0.0)]], 0.01)
@example([[(1.0, 1.0), (1.0, 1.0)]], 3.0)
@example([[(0.0, 0.0), (0.5, 0.0)]], 0.01)
@example([[(280.0, 280.0), (279.9999, 279.99997)]], 1.5)
def test_a_unit_drawing_does_not_depend_on_the_unit(value: Strokes, unit: float) -> None:
    points = [point for stroke in value for point in stroke]
    size = max((max(axis) - min(axis) for axis in zip(*points, strict=True)), default=0.0)
    far_off = max(max(map(abs, point)) for point in points)
    least = [max(NO_SIZE, NO_SHARE * far_off * by) / by for by in (1, unit)]
    assume(size < 0.9 * min(least) or size > 1.1 * max(least))  # a dot in both units, or in none
    scaled = [[[x * unit, y * unit] for x, y in stroke] for stroke in value]
    left, top, right, bottom = unit_drawing(value).bounds()
    assert -1 < left <= right < 281
    assert -1 < top <= bottom < 281
    assert (max(right - left, bottom - top) == 0) == (size < min(least))
    np.testing.assert_allclose(unit_drawing(scaled).bounds(), (left, top, right, bottom), atol=1.5)


def test_a_raster_has_the_size_of_the_canvas_and_the_width_of_the_brush() -> None:
    across = Drawing((np.array([[40, 100], [240, 100]], np.float32),), brush=20)
    ink = rasterise(across)
    assert ink.shape == (280, 280)
    assert ink[:, 140].sum() == pytest.approx(20, abs=1)
    assert ink[100].sum() == pytest.approx(220, abs=2)
    assert rasterise(across, brush=8)[:, 140].sum() == pytest.approx(8, abs=1)


def test_a_path_of_many_close_points_looks_like_one_of_few() -> None:
    few = [[40, 100], [120, 60], [200, 180]]
    many = np.concatenate([np.linspace(a, b, 3_000) for a, b in itertools.pairwise(few)])
    one, two = (rasterise(parse_drawing([stroke])) for stroke in (few, many.tolist()))
    assert np.abs(one - two).sum() < 0.04 * one.sum()


def test_a_raster_of_a_huge_canvas_stays_small() -> None:
    huge = Drawing((np.zeros((1, 2), np.float32),), width=10_000, height=50)
    assert max(rasterise(huge).shape) == 560


def test_a_single_point_is_a_round_dot() -> None:
    dot = rasterise(Drawing((np.array([[140, 140]], np.float32),), brush=30))
    assert dot.sum() == pytest.approx(np.pi * 15**2, rel=0.05)


def test_an_empty_canvas_has_no_ink() -> None:
    assert not rasterise(Drawing(())).any()
