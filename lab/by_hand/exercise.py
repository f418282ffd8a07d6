"""Predict, then reveal: the questions of a lesson, the answers to them, and the score.

Owns what counts as a question and as right. Knows no page; the mistakes are named elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lab.by_hand.lesson import Lesson
from lab.by_hand.mistakes import Mistake, diagnoses, expected, is_close


@dataclass(frozen=True)
class Answer:
    """What a student did at one question."""

    tries: int = 0
    right: bool = False
    shown: bool = False
    typed: float | None = None
    mistakes: tuple[Mistake, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the value may be seen."""
        return self.right or self.shown


@dataclass(frozen=True)
class Score:
    """How a student stands: questions, right ones, right at the first try, shown ones."""

    questions: int
    right: int
    at_once: int
    shown: int


def questions(lesson: Lesson) -> tuple[str, ...]:
    """The quantities that a student finds, in the order of the lesson."""
    return tuple(
        step.focus[0] for step in lesson.steps if step.phase != "input" and step.lines[0].value is not None
    )


def answered(lesson: Lesson, before: Answer, name: str, typed: float, tolerance: float) -> Answer:
    """The answer after one more try; one that is done stays as it is."""
    value = expected(lesson, name)
    if before.done or value is None:
        return before
    right = is_close(typed, value, tolerance)
    found = () if right else diagnoses(lesson, name, typed, tolerance)
    return replace(before, tries=before.tries + 1, right=right, typed=typed, mistakes=found)


def score(lesson: Lesson, answers: Mapping[str, Answer]) -> Score:
    """The score over all questions of the lesson."""
    asked = questions(lesson)
    given = [answers[name] for name in asked if name in answers]
    return Score(
        len(asked),
        sum(answer.right for answer in given),
        sum(answer.right and answer.tries == 1 for answer in given),
        sum(answer.shown for answer in given),
    )
