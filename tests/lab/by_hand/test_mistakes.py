"""Each usual mistake, made on purpose, is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.by_hand import mistakes as known
from lab.by_hand.draws import starting_example
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.exercise import questions
from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.mistakes import diagnoses, expected, mistakes
from lab.by_hand.update import HandOptimizer, start
from lab.texts import speaking

TOLERANCE = 0.0005
SMOOTH = replace(DOCUMENT, hidden="sigmoid", output="tanh")


def taught(example: Example) -> Lesson:
    return lesson(start(example), HandOptimizer(), "value")


def v(told: Lesson, name: str) -> float:
    return told.trace.grads[name[1:]] if name.startswith("d") else told.trace.values[name]


# Each mistake as a student makes it: the quantity, the sum as it was worked out, the name it must get.
MADE = [
    (known.BIAS, "z1", DOCUMENT, lambda t: v(t, "p1_1") + v(t, "p1_2") + v(t, "p1_3")),
    (known.ACTIVATION, "a4", DOCUMENT, lambda t: v(t, "z4")),
    (known.ACTIVATION, "a1", SMOOTH, lambda t: v(t, "z1")),
    (known.MASK, "dz4", DOCUMENT, lambda t: v(t, "da4")),
    (known.MASK, "dw4_3", DOCUMENT, lambda t: v(t, "da4") * 3),
    (known.MASK, "db4", DOCUMENT, lambda t: v(t, "da4")),
    (known.MASK, "dz5", SMOOTH, lambda t: v(t, "da5")),
    (known.Z_FOR_A, "z5", DOCUMENT, lambda t: 0.5 * 0.3 - 0.4 * 0.5 + 0.3 * 0.2 + 0.2 * -1.1 + 0.1),
    (known.Z_FOR_A, "dw5_4", DOCUMENT, lambda t: 0.11 * -1.1),
    (known.A_FOR_Z, "dz1", SMOOTH, lambda t: v(t, "da1") * sigmoid_slope(v(t, "a1"))),
    (known.SIGN, "da5", DOCUMENT, lambda t: -0.11),
    (known.SIGN, "dw6_2", DOCUMENT, lambda t: 0.285),
    (known.TWO, "da6", DOCUMENT, lambda t: -1.14),
    (known.TWO, "J", DOCUMENT, lambda t: 0.337),
    (known.SIGN_AND_TWO, "da6", DOCUMENT, lambda t: 2 * (1 - 0.43)),
    (known.TRANSPOSE, "da1", DOCUMENT, lambda t: 0.5 * 0.11 + -0.4 * -0.57),
    (known.TRANSPOSE, "z1", DOCUMENT, lambda t: 0.1 * 1 - 0.3 * 2 + 0.4 * 3 + 0.1),
    (known.ONE_PATH, "da2", DOCUMENT, lambda t: 0.11 * -0.4),
    (known.ONE_PATH, "dz2", DOCUMENT, lambda t: -0.57 * 0.6),
    (known.ONE_PRODUCT, "z2", DOCUMENT, lambda t: 0.2 * 3),
    (known.ONE_OUTPUT, "J", DOCUMENT, lambda t: 0.16245),
    (known.OTHER_LOSS, "dz6", replace(DOCUMENT, loss="bce"), lambda t: 0.43 - 1),
    (known.INPUT, "dw6_1", DOCUMENT, lambda t: -0.57),
    (known.WEIGHT_FACTOR, "dw6_2", DOCUMENT, lambda t: -0.57 * 0.6),
    (known.BIAS_FACTOR, "db6", DOCUMENT, lambda t: -0.57 * 0.2),
    (known.ASCENT, "new_w6_2", DOCUMENT, lambda t: 0.6 + 0.1 * -0.285),
    (known.NO_RATE, "new_w6_2", DOCUMENT, lambda t: 0.6 + 0.285),
    (known.CHANGE_ONLY, "new_w6_2", DOCUMENT, lambda t: 0.0285),
    (known.OLD_LOSS, "new_J", DOCUMENT, lambda t: 0.1685),
]


def sigmoid_slope(at: float) -> float:
    from lab.by_hand.offered import SLOPES

    return SLOPES["sigmoid"].value(at)


@pytest.mark.parametrize(("mistake", "name", "example", "made"), MADE, ids=[f"{m[0]}: {m[1]}" for m in MADE])
def test_a_mistake_is_named_for_what_it_is(
    mistake: str, name: str, example: Example, made: Callable[[Lesson], float]
) -> None:
    told = taught(example)
    found = diagnoses(told, name, made(told), TOLERANCE)
    assert mistake in [each.kind for each in found]


def test_every_mistake_that_has_a_name_is_made_above() -> None:
    assert set(known._WORDS) == {made[0] for made in MADE}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500))
def test_a_right_number_is_never_called_a_mistake(seed: int) -> None:
    told = taught(starting_example((3, 4, 2), "", seed))
    for name in questions(told):
        value = expected(told, name)
        assert value is not None
        assert diagnoses(told, name, value, TOLERANCE) == ()
        for mistake in mistakes(told, name):
            assert mistake.value != value


def test_no_mistake_is_made_up_for_a_number_from_nowhere() -> None:
    assert diagnoses(taught(DOCUMENT), "z1", 17.35, 0.01) == ()


def test_a_mistake_that_was_found_before_is_said_in_the_language_of_now() -> None:
    told = taught(DOCUMENT)
    found = diagnoses(told, "z1", 0.2, TOLERANCE)[0]
    assert str(found.name) == "Forgot the bias"
    with speaking("zh"):
        assert str(found.name) == "忘了偏置"
        assert not str(found.sentence).isascii()
