"""The document's formulas on trial: the figures of the errata, and the same verdicts on other networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from lab.by_hand.errata import NOTES, trials
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.tracer import trace
from lab.by_hand.trial import Row, Trial
from lab.texts import speaking
from tests.lab.by_hand.examples import examples


def rows(section: str, which: int = 0, example: Example = DOCUMENT) -> dict[str, Row]:
    found = [trial for trial in trials(trace(example)) if trial.section == section]
    return {row.name: row for row in found[which].rows}


def test_step_1_prints_minus_twice_the_gradient() -> None:
    found = rows("4.2.3, step 1")
    assert [found[name].printed for name in ("da5", "da6")] == pytest.approx([-0.22, 1.14], abs=1e-6)
    assert [found[name].holds for name in ("da5", "da6")] == pytest.approx([0.11, -0.57], abs=1e-6)


def test_step_2_loses_every_path_but_one() -> None:
    found = rows("4.2.3, step 2")["da1"]
    assert (found.printed, found.holds) == pytest.approx((0.055, 0.226), abs=1e-6)


def test_step_3_has_the_sign_the_other_way() -> None:
    found = rows("4.2.3, step 3")["dw6_2"]
    assert (found.printed, found.holds) == pytest.approx((0.285, -0.285), abs=1e-6)


def test_the_printed_cross_entropy_is_not_the_binary_cross_entropy() -> None:
    found = rows("4.3.2")["J"]
    assert (found.printed, found.holds) == pytest.approx((0.727436, 0.960504), abs=1e-6)


def test_the_printed_output_gradient_is_that_of_the_squared_error() -> None:
    assert all(row.agrees for row in rows("4.3.3").values())
    found = rows("4.3.3", 0, replace(DOCUMENT, loss="bce"))
    assert [found[name].printed for name in ("dz5", "dz6")] == pytest.approx([0.11, -0.57], abs=1e-6)
    assert [found[name].holds for name in ("dz5", "dz6")] == pytest.approx([1.1236, -2.32558], abs=1e-5)


def test_the_fitting_outputs_shorten_to_the_difference() -> None:
    trial = next(trial for trial in trials(trace(DOCUMENT)) if trial.section == "4.3.3")
    told = " ".join(trial.asides)
    for figure in ("1.124, -2.326", "0.5275, -0.3941", "0.4207, -0.4207"):
        assert figure in told


def test_the_hidden_gradient_is_right_as_printed() -> None:
    found = rows("4.3.3", 1)
    values = [found[f"dz{number}"].printed for number in range(1, 5)]
    assert values == pytest.approx([0.226, -0.386, -0.024, 0], abs=1e-6)
    assert all(row.agrees for row in found.values())


def test_the_first_layer_is_missing_from_the_document_and_present_here() -> None:
    assert len(rows("4.3.3", 2)) == 16


def check(trial: Trial) -> None:
    for row in trial.rows:
        if row.holds is not None and row.by_autograd is not None:
            assert row.holds == pytest.approx(row.by_autograd, rel=1e-9, abs=1e-9)
        assert row.difference is None or row.difference == pytest.approx(row.printed - row.holds)  # type: ignore[operator]


@settings(max_examples=40, deadline=None)
@given(examples(most=4))
def test_what_holds_is_what_autograd_says_on_any_network(example: Example) -> None:
    found = trials(trace(example))
    assert len(found) == (7 if example.depth > 1 else 4)
    for trial in found:
        check(trial)


@settings(max_examples=25, deadline=None)
@given(examples(most=3))
def test_a_loss_without_a_value_gives_rows_without_figures_instead_of_nan(example: Example) -> None:
    found = trace(example)
    assume(found.loss is None)
    for trial in trials(found):
        for row in trial.rows:
            assert row.holds is None or row.name == "J"


@pytest.mark.parametrize("loss", ["mse", "bce"])
@pytest.mark.parametrize("output", ["relu", "identity"])
def test_the_verdicts_are_in_the_language_of_their_reader(loss: str, output: str) -> None:
    now = trace(replace(DOCUMENT, loss=loss, output=output, biases=(DOCUMENT.biases[0], (-5.0, 0.2))))
    with speaking("zh"):
        for trial in trials(now):
            assert all(not words.isascii() for words in (trial.section, trial.why, *trial.asides))
        assert all(not str(words).isascii() for note in NOTES for words in (note.printed, note.holds))
