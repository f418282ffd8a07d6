"""The loss over the steps, as far as it has a value."""

from __future__ import annotations

from dataclasses import replace

from lab.by_hand.example import DOCUMENT
from lab.by_hand.update import HandOptimizer, Point, advanced, start
from lab.figures.by_hand.curve import descent_data, descent_figure
from tests.support.narrowing import present


def course(count: int) -> list[Point]:
    points = [start(DOCUMENT)]
    for _ in range(count):
        points.append(present(advanced(points[-1], HandOptimizer())))
    return points


def test_every_step_has_its_loss() -> None:
    points = course(5)
    data = descent_data(points)
    assert data["step"] == [0, 1, 2, 3, 4, 5]
    assert data["loss"] == [point.trace.loss for point in points]
    figure = descent_figure(data, log=True)
    assert list(figure["data"][0]["y"]) == data["loss"]
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_a_loss_without_a_value_is_left_out() -> None:
    without = start(replace(DOCUMENT, loss="ce", output="identity", x=(-1.0, -2.0, -3.0)))
    points = [start(DOCUMENT), without]
    expected = 1 if without.trace.loss is None else 2
    assert len(descent_data(points)["step"]) == expected
    assert descent_data([]) == {"step": [], "loss": []}
