"""An exercise: tries, and the score."""

from __future__ import annotations

from lab.by_hand import mistakes as known
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.exercise import Answer, answered, score
from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.update import HandOptimizer, start


def taught(example: Example) -> Lesson:
    return lesson(start(example), HandOptimizer(), "value")


def test_an_answer_is_tried_again_until_it_is_right_and_then_stands() -> None:
    told = taught(DOCUMENT)
    wrong = answered(told, Answer(), "z1", 0.2, 0.01)
    assert (wrong.tries, wrong.right, wrong.mistakes[0].kind) == (1, False, known.BIAS)
    right = answered(told, wrong, "z1", 0.3, 0.01)
    assert (right.tries, right.right, right.mistakes) == (2, True, ())
    assert answered(told, right, "z1", 99, 0.01) == right
    kept = {"z1": right, "z2": Answer(shown=True), "z3": answered(told, Answer(), "z3", 0.2, 0.01)}
    result = score(told, kept)
    assert (result.right, result.at_once, result.shown, result.questions) == (2, 1, 1, 78)
