"""A person's own digits stay theirs, keep their labels, and leave as files that others read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lab.database import StoreError
from lab.ink.collection import HISTORY_KEPT, Collection, CollectionError, is_owner_id, load
from lab.ink.drawing import parse_drawing

ANN, BOB = "a" * 32, "b" * 32
SEVEN = parse_drawing([[[10, 10], [200, 12], [90, 250]]], brush=14)


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Collection]:
    def put_drawing(key: str, label: int | None = None, owner: str = ANN, ink: int = 200) -> Collection:
        mine = Collection(owner, tmp_path)
        pixels = np.full((28, 28), ink, np.uint8)
        mine.record(key, pixels, drawing=SEVEN, answer=1, probability=0.75, model="CNN")
        if label is not None:
            mine.label(key, label)
        return mine

    return put_drawing


def test_a_labelled_drawing_is_in_the_set_with_its_strokes(
    put: Callable[..., Collection], tmp_path: Path
) -> None:
    mine = put("first", label=7)
    (entry,) = mine.labelled()
    assert (entry.label, entry.answer, entry.model) == (7, 1, "CNN")
    assert entry.drawing is not None
    assert entry.drawing.brush == 14
    assert np.array_equal(entry.drawing.strokes[0], SEVEN.strokes[0])
    images, labels = load(ANN, tmp_path)
    assert images.shape == (1, 28, 28)
    assert images.dtype == np.uint8
    assert labels.tolist() == [7]


def test_what_was_not_labelled_is_history_only(put: Callable[..., Collection], tmp_path: Path) -> None:
    mine = put("seen")
    assert [entry.key for entry in mine.history()] == ["seen"]
    assert len(load(ANN, tmp_path)[0]) == 0


def test_the_same_drawing_going_on_stays_one_entry(put: Callable[..., Collection]) -> None:
    put("one", ink=10)
    (entry,) = put("one", ink=99).history()
    assert entry.pixels[0, 0] == 99


def test_what_is_drawn_over_a_labelled_drawing_is_another_one(put: Callable[..., Collection]) -> None:
    put("one", label=4, ink=10)
    for ink in (99, 100):
        over, labelled = put("one", ink=ink).history()
        assert (labelled.label, labelled.pixels[0, 0]) == (4, 10)
        assert (over.label, over.pixels[0, 0]) == (None, ink)
    assert len(put("one", ink=10).history()) == 2  # undone: the labelled one again


def test_people_do_not_see_each_other(put: Callable[..., Collection], tmp_path: Path) -> None:
    put("hers", label=3, owner=ANN)
    assert Collection(BOB, tmp_path).history() == ()
    assert not (tmp_path / "collection" / BOB).exists()


def test_one_or_all_can_be_deleted(put: Callable[..., Collection]) -> None:
    put("one", label=1)
    mine = put("two", label=2)
    mine.delete("one")
    mine.delete("never was")
    assert [entry.key for entry in mine.labelled()] == ["two"]
    mine.delete_all()
    assert mine.history() == ()
    assert not mine.folder.exists()


def test_a_label_can_be_taken_back(put: Callable[..., Collection]) -> None:
    mine = put("one", label=1)
    mine.label("one", None)
    assert mine.counts() == (0,) * 10
    assert len(mine.history()) == 1


def test_the_history_is_bounded_and_the_set_outlives_it(put: Callable[..., Collection]) -> None:
    mine = put("kept", label=5)
    for number in range(HISTORY_KEPT + 5):
        put(f"drawing {number}")
    assert len(mine.history(1000)) == HISTORY_KEPT + 1
    assert mine.counts()[5] == 1


@pytest.mark.parametrize("digit", [-1, 10, True, 2.5, "7"])
def test_a_label_that_is_no_digit_is_refused_by_name(put: Callable[..., Collection], digit: object) -> None:
    with pytest.raises(CollectionError, match="0 to 9"):
        put("one").label("one", digit)  # type: ignore[arg-type]


def test_labelling_what_is_gone_says_so(put: Callable[..., Collection]) -> None:
    with pytest.raises(CollectionError, match="deleted"):
        put("one").label("other", 3)


@pytest.mark.parametrize("owner", ["", "short", "../../../../etc/passwd/aaaaaaaaa", "a" * 65, "ä" * 32, None])
def test_an_owner_that_is_no_id_never_becomes_a_path(owner: object, tmp_path: Path) -> None:
    assert not is_owner_id(owner)
    with pytest.raises(CollectionError, match="owner"):
        Collection(owner, tmp_path)  # type: ignore[arg-type]


# As every lab before this one made it, without a version.
BEFORE_VERSIONS = """
CREATE TABLE drawing (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, drawn_at REAL NOT NULL, strokes TEXT,
    pixels BLOB NOT NULL CHECK (length(pixels) = 784), label INTEGER CHECK (label BETWEEN 0 AND 9),
    answer INTEGER CHECK (answer BETWEEN 0 AND 9), probability REAL, model TEXT NOT NULL
);
INSERT INTO drawing (key, drawn_at, pixels, label, answer, model) VALUES ('old', 1.0, zeroblob(784), 3, 8, 'CNN');
"""


def file_of(home: Path, owner: str = ANN) -> Path:
    return home / "collection" / owner / "drawings.sqlite3"


def test_drawings_from_before_there_were_versions_are_read_and_added_to(
    put: Callable[..., Collection], tmp_path: Path
) -> None:
    file_of(tmp_path).parent.mkdir(parents=True)
    with closing(sqlite3.connect(file_of(tmp_path))) as connection:
        connection.executescript(BEFORE_VERSIONS)
    assert [(entry.key, entry.label) for entry in Collection(ANN, tmp_path).labelled()] == [("old", 3)]
    assert [entry.key for entry in put("new", label=4).labelled()] == ["old", "new"]
    with closing(sqlite3.connect(file_of(tmp_path))) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_drawings_of_a_later_lab_and_a_damaged_file_are_refused_in_words(
    put: Callable[..., Collection], tmp_path: Path
) -> None:
    mine = put("first")
    with closing(sqlite3.connect(file_of(tmp_path))) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(StoreError, match="is of version 9, this lab reads version 1"):
        mine.history()
    file_of(tmp_path, BOB).parent.mkdir(parents=True)
    file_of(tmp_path, BOB).write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="is damaged"):
        Collection(BOB, tmp_path).history()


def test_what_fails_half_way_changes_nothing(put: Callable[..., Collection]) -> None:
    mine = put("first", label=2)
    with pytest.raises(CollectionError, match="is not there"):
        mine.label("second", 3)
    with pytest.raises(StoreError, match="cannot be used"):
        mine.record(
            "third",
            np.zeros((28, 28), np.uint8),
            drawing=None,
            answer=11,
            probability=None,
            model="CNN",
        )
    assert [entry.key for entry in mine.history()] == ["first"]
