"""A number of several digits, each in its box."""

from __future__ import annotations

from lab.figures.draw.several import several_data, several_figure
from lab.ink.drawing import parse_drawing


def test_a_reading_shows_one_box_and_one_word_per_digit() -> None:
    drawing = parse_drawing([[[20, 20], [20, 180]], [[200, 20], [260, 180]]], width=400, height=200)
    data = several_data(drawing, [((10, 10, 30, 190), "1"), ((190, 10, 270, 190), "7")])
    figure = several_figure(data)
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["<b>1</b>", "<b>7</b>"]
    assert [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"]] == [(10, 30), (190, 270)]
