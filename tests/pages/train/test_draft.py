"""The draft: edits give the next version or a mistake, and everything can be undone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.network.report import layer_reports
from lab.parts.layers import LAYERS, AnyLayer, Fix, Flatten, Linear
from lab.presets import PRESETS, preset
from lab.registry import FieldError
from lab.spec import MAX_LAYERS, changed, parse_spec
from lab.texts import said
from pages.ui.train.draft import (
    Draft,
    draft_of,
    entered,
    fixed,
    kind_chosen,
    layer_added,
    layer_duplicated,
    layer_moved,
    layer_removed,
    marked,
    parts_chosen,
    redone,
    replaced,
    undone,
)

UNITS = ("network", "layers", "#1", "units")
LR = ("train", "optimizer", "lr")
BAD = [0, -1, 1e9, 2.5, math.nan, math.inf, -math.inf, None, "", "abc"]


@pytest.fixture
def draft() -> Draft:
    return draft_of(preset("document-mlp"))


@pytest.mark.parametrize("value", BAD)
def test_what_cannot_be_used_stays_at_its_field_and_changes_nothing(draft: Draft, value: Any) -> None:
    after = entered(draft, UNITS, value)
    assert after.spec == draft.spec
    (path,) = after.mistakes
    assert path == UNITS
    assert after.mistakes[path].entered is value
    message = str(after.mistakes[path].message)
    assert "Units" in message
    assert "16,384" in message or "number" in message


def test_a_right_value_takes_the_place_of_a_mistake(draft: Draft) -> None:
    after = entered(entered(draft, UNITS, 0), UNITS, 300.0)
    assert not after.mistakes
    assert after.layers[1] == Linear(units=300)


def test_a_mistake_survives_edits_elsewhere_and_moves_with_its_layer(draft: Draft) -> None:
    after = layer_moved(entered(entered(draft, UNITS, 0), LR, 0.5), 1, 1)
    assert list(after.mistakes) == [UNITS]
    assert after.spec.train.optimizer.lr == 0.5


def test_a_mistake_goes_with_its_layer(draft: Draft) -> None:
    assert not layer_removed(entered(draft, UNITS, 0), 1).mistakes


def test_a_mistake_is_dropped_when_another_kind_is_chosen(draft: Draft) -> None:
    after = kind_chosen(entered(draft, LR, -1), ("train", "optimizer"), "adamw")
    assert not after.mistakes
    assert after.spec.train.optimizer.kind == "adamw"


def test_the_last_layer_cannot_be_removed() -> None:
    draft = draft_of(preset("softmax"))
    with pytest.raises(ValueError, match="at least 1"):
        layer_removed(layer_removed(draft, 0), 1)


def test_a_stack_does_not_grow_beyond_its_limit(draft: Draft) -> None:
    while len(draft.layers) < MAX_LAYERS:
        draft = layer_duplicated(draft, draft.now.rows[0])
    with pytest.raises(ValueError, match=str(MAX_LAYERS)):
        layer_added(draft, "linear")


def test_an_unknown_layer_is_named(draft: Draft) -> None:
    with pytest.raises(ValueError, match="did you mean 'linear'"):
        layer_added(draft, "liner")


def test_a_fix_changes_the_layer_it_was_offered_for(draft: Draft) -> None:
    without = layer_removed(draft, 0)
    mended = fixed(
        without,
        1,
        Fix(said("parts.layers.fixes.insert_before", layer=Flatten.title), "insert_before", Flatten()),
    )
    assert mended.layers == draft.layers
    assert len(set(mended.now.rows)) == len(mended.now.rows)


def test_a_fix_for_the_output_is_added_at_the_end(draft: Draft) -> None:
    short = layer_removed(draft, draft.now.rows[-1])
    last = Linear(units=10, activation="identity")
    assert (
        fixed(short, None, Fix(said("network.add", layer=Linear.title), "insert_before", last)).layers
        == draft.layers
    )


def test_chosen_augmentations_keep_their_fields(draft: Draft) -> None:
    at = ("data", "augmentations")
    one = entered(parts_chosen(draft, at, ("rotate",)), (*at, "0", "degrees"), 33)
    two = parts_chosen(one, at, ("noise", "rotate"))
    assert [part.kind for part in two.spec.data.augmentations] == ["rotate", "noise"]
    assert two.spec.data.augmentations[0].degrees == 33  # type: ignore[union-attr]


def test_what_is_wrong_in_an_augmentation_stays_when_others_come_and_go(draft: Draft) -> None:
    at = ("data", "augmentations")
    two = parts_chosen(draft, at, ("shift", "rotate"))
    wrong = entered(entered(two, (*at, "1", "degrees"), "x"), (*at, "0", "pixels"), "y")
    three = parts_chosen(entered(wrong, LR, -1), at, ("shift", "rotate", "noise"))
    assert list(three.mistakes) == [(*at, "1", "degrees"), (*at, "0", "pixels"), LR]
    without = parts_chosen(three, at, ("rotate", "noise"))
    assert {path: mistake.entered for path, mistake in without.mistakes.items()} == {
        (*at, "0", "degrees"): "x",
        LR: -1,
    }


def test_what_forbids_a_start_is_marked_at_its_field_only_where_there_is_one(draft: Draft) -> None:
    errors = [FieldError("data.validation_share", "0", "why"), FieldError("network.layers.1", "", "misfit")]
    assert list(marked(draft, errors).mistakes) == [("data", "validation_share")]


def test_undo_first_takes_back_what_was_entered_wrong(draft: Draft) -> None:
    wrong = entered(entered(draft, LR, 0.5), UNITS, 0)
    back = undone(wrong)
    assert not back.mistakes
    assert back.spec == wrong.spec
    assert undone(back).spec == draft.spec


EDITS: list[Callable[[Draft, int], Draft]] = [
    lambda draft, n: entered(draft, LR, 10.0 ** -(n % 5)),
    lambda draft, n: entered(draft, UNITS, n),
    lambda draft, n: layer_added(
        draft, tuple(LAYERS)[n % len(LAYERS)], draft.now.rows[n % len(draft.layers)]
    ),
    lambda draft, n: layer_removed(draft, draft.now.rows[n % len(draft.layers)]),
    lambda draft, n: layer_duplicated(draft, draft.now.rows[n % len(draft.layers)]),
    lambda draft, n: layer_moved(draft, draft.now.rows[n % len(draft.layers)], -1 if n % 2 else 1),
    lambda draft, n: kind_chosen(draft, ("train", "optimizer"), ("adam", "sgd", "rmsprop")[n % 3]),
    lambda draft, n: replaced(draft, tuple(PRESETS.values())[n % len(PRESETS)].spec),
]


@given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 400)), max_size=25))
def test_any_edits_leave_a_valid_spec_and_can_all_be_undone_and_redone(
    edits: list[tuple[Callable[[Draft, int], Draft], int]],
) -> None:
    first = draft = draft_of(preset("document-mlp"))
    for edit, number in edits:
        try:
            draft = edit(draft, number)
        except ValueError:
            continue
        assert parse_spec(draft.spec.model_dump_json()) == draft.spec
        assert len(set(draft.now.rows)) == len(draft.now.rows) == len(draft.layers)
        assert max(draft.now.rows) < draft.next_row
    back = draft
    while back.versions.past or back.mistakes:
        back = undone(back)
    assert back.spec == first.spec
    while back.versions.future:
        back = redone(back)
    assert back.now == draft.now


STACKS = st.lists(
    st.sampled_from([part.model_validate({}) for part in LAYERS.values()]), min_size=1, max_size=8
)


@settings(max_examples=40, deadline=None)
@given(STACKS)
def test_fix_after_fix_always_leads_to_a_network_that_fits(layers: list[AnyLayer]) -> None:
    spec = changed(preset("softmax"), "network.layers", [layer.model_dump() for layer in layers])
    draft = draft_of(spec)
    for _ in range(3 * MAX_LAYERS):
        wrong = [report for report in layer_reports(draft.spec.network) if report.error]
        if not wrong:
            break
        first = wrong[0]
        assert first.fix is not None, first.error
        draft = fixed(
            draft, draft.now.rows[first.index] if first.index < len(draft.layers) else None, first.fix
        )
    assert not [report.error for report in layer_reports(draft.spec.network) if report.error]
