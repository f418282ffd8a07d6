"""Undo and redo go through every version and lose none but those a new change replaces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.kit.undo import MOST_KEPT, Versions


@given(st.lists(st.integers(), min_size=1, max_size=30))
def test_undo_goes_through_all_versions_and_redo_back(values: list[int]) -> None:
    versions = Versions(values[0])
    for value in values[1:]:
        versions = versions.changed(value)
    newest, seen = versions, [versions.now]
    for _ in values[1:]:
        versions = versions.undone()
        seen.append(versions.now)
    assert seen == values[::-1]
    assert versions.undone() == versions
    for _ in values[1:]:
        versions = versions.redone()
    assert versions == newest == newest.redone()


def test_a_change_after_undo_gives_up_what_was_undone() -> None:
    versions = Versions("a").changed("b").undone().changed("c")
    assert versions == Versions("c", past=("a",))


def test_an_amended_version_leaves_nothing_more_to_undo() -> None:
    assert Versions("a").changed("b").amended("B").undone().now == "a"


def test_the_oldest_versions_are_given_up() -> None:
    versions = Versions(0)
    for value in range(1, MOST_KEPT + 50):
        versions = versions.changed(value)
    assert len(versions.past) == MOST_KEPT
    assert versions.past[-1] == versions.now - 1
