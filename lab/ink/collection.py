"""A person's own digits: what they drew, what was answered, and the labels they gave.

Owns one SQLite file per owner under the data folder; how it is opened belongs to `lab.database`. Everything drawn is history; what carries a label is the
person's set, ready to train on. Knows no network and no page. `lab.ink.formats` writes the set as files.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lab.database import Schema, connect, in_words, transaction
from lab.ink.drawing import Drawing, drawing_json, parse_drawing
from lab.paths import lab_home
from lab.texts import said, text

Pixels = NDArray[np.uint8]

OWNER_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
HISTORY_KEPT = 200
SET_LIMIT = 5_000
# Files from before there were versions have the table already, and no version.
_SCHEMA = Schema(
    version=1,
    kept=said("machine.drawings"),
    tables="""
CREATE TABLE IF NOT EXISTS drawing (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    drawn_at REAL NOT NULL,
    strokes TEXT,
    pixels BLOB NOT NULL CHECK (length(pixels) = 784),
    label INTEGER CHECK (label BETWEEN 0 AND 9),
    answer INTEGER CHECK (answer BETWEEN 0 AND 9),
    probability REAL,
    model TEXT NOT NULL
)
""",
)
_COLUMNS = "SELECT number, key, drawn_at, strokes, pixels, label, answer, probability, model FROM drawing "


class CollectionError(ValueError):
    """A request that the collection cannot serve; says which value is wrong and what is allowed."""


@dataclass(frozen=True)
class Entry:
    """One drawing: its framed picture, what was answered, and the label it was given, if any.

    Shapes: pixels (28, 28) uint8, 0 paper, 255 ink. Units: drawn_at in seconds since 1970.
    `answer` is None where the drawing did not look like a digit; `drawing` is None for a picture.
    """

    number: int
    key: str
    drawn_at: float
    drawing: Drawing | None
    pixels: Pixels
    label: int | None
    answer: int | None
    probability: float | None
    model: str


def is_owner_id(told: object) -> bool:
    """Whether what a cookie, say, tells has the form of an owner's id."""
    return isinstance(told, str) and OWNER_ID.fullmatch(told) is not None


class Collection:
    """The drawings of one owner, in `home/collection/<owner>`."""

    def __init__(self, owner: str, home: Path | None = None) -> None:
        if not is_owner_id(owner):
            raise CollectionError(text("ink.collection.owner", owner=str(owner)[:40]))
        self.folder = (home or lab_home()) / "collection" / owner

    def record(
        self,
        key: str,
        pixels: Pixels,
        *,
        drawing: Drawing | None,
        answer: int | None,
        probability: float | None,
        model: str,
    ) -> str:
        """Adds the drawing to the history, or renews it when the key is known; returns the key it now has.

        What was labelled stays as it was then: what is drawn over it later is another drawing.
        """
        strokes = None if drawing is None else json.dumps(drawing_json(drawing))
        with self._open() as store:
            labelled = "SELECT 1 FROM drawing WHERE key = ? AND label IS NOT NULL AND pixels <> ?"
            while store.execute(labelled, (key, _bytes_of(pixels))).fetchone():
                key += "+"
            values = (key, time.time(), strokes, _bytes_of(pixels), answer, probability, model)
            store.execute(
                "INSERT INTO drawing (key, drawn_at, strokes, pixels, answer, probability, model)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET strokes = excluded.strokes,"
                " pixels = excluded.pixels, answer = excluded.answer, probability = excluded.probability,"
                " model = excluded.model",
                values,
            )
            store.execute(
                "DELETE FROM drawing WHERE label IS NULL AND number NOT IN"
                " (SELECT number FROM drawing WHERE label IS NULL ORDER BY number DESC LIMIT ?)",
                (HISTORY_KEPT,),
            )
        return key

    def label(self, key: str, digit: int | None) -> None:
        """Puts the drawing into the person's set as this digit; None takes it out again.

        Raises: CollectionError, for an unknown drawing, a label that is no digit, or a full set.
        """
        if digit is not None and (isinstance(digit, bool) or digit not in range(10)):
            raise CollectionError(text("ink.collection.label", label=repr(digit)))
        with self._open() as store:
            (size,) = store.execute("SELECT count(*) FROM drawing WHERE label IS NOT NULL").fetchone()
            if digit is not None and size >= SET_LIMIT:
                raise CollectionError(text("ink.collection.full", n=size))
            changed = store.execute("UPDATE drawing SET label = ? WHERE key = ?", (digit, key)).rowcount
        if not changed:
            raise CollectionError(text("ink.collection.gone", key=key[:40]))

    def delete(self, key: str) -> None:
        """Removes one drawing; removing what is not there changes nothing."""
        with self._open() as store:
            store.execute("DELETE FROM drawing WHERE key = ?", (key,))

    def delete_all(self) -> None:
        """Removes everything this owner has drawn, the folder too."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def entry(self, key: str) -> Entry | None:
        """The drawing with this key."""
        found = list(self._select("WHERE key = ?", (key,)))
        return found[0] if found else None

    def history(self, limit: int = HISTORY_KEPT) -> tuple[Entry, ...]:
        """All drawings, the newest first."""
        return tuple(self._select("ORDER BY number DESC LIMIT ?", (limit,)))

    def labelled(self) -> tuple[Entry, ...]:
        """The person's set, in the order in which it was drawn."""
        return tuple(self._select("WHERE label IS NOT NULL ORDER BY number", ()))

    def counts(self) -> tuple[int, ...]:
        """How many drawings of the set carry each of the ten labels."""
        if not self.folder.exists():
            return (0,) * 10
        with self._open() as store:
            rows = store.execute("SELECT label, count(*) FROM drawing WHERE label IS NOT NULL GROUP BY label")
            found = dict(rows.fetchall())
        return tuple(found.get(digit, 0) for digit in range(10))

    def _select(self, where: str, values: tuple[object, ...]) -> Iterator[Entry]:
        if not self.folder.exists():
            return
        with self._open() as store:
            rows = store.execute(_COLUMNS + where, values).fetchall()
        for number, key, drawn_at, strokes, pixels, label, answer, probability, model in rows:
            drawing = None if strokes is None else parse_drawing(json.loads(strokes))
            picture = np.frombuffer(pixels, dtype=np.uint8).reshape(28, 28)
            yield Entry(number, key, drawn_at, drawing, picture, label, answer, probability, model)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection and a transaction. Raises: StoreError, in words to show."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "drawings.sqlite3"
        with closing(connect(path, _SCHEMA)) as store, in_words(path, _SCHEMA.kept), transaction(store):
            yield store


def load(owner: str, home: Path | None = None) -> tuple[Pixels, NDArray[np.int64]]:
    """The person's labelled digits, ready to train on.

    Shapes: images (N, 28, 28) uint8, labels (N,). Raises: CollectionError, for a malformed owner.
    """
    entries = Collection(owner, home).labelled()
    images = np.stack([entry.pixels for entry in entries]) if entries else np.zeros((0, 28, 28), np.uint8)
    return images, np.array([entry.label for entry in entries], dtype=np.int64)


def _bytes_of(pixels: Pixels) -> bytes:
    if pixels.shape != (28, 28) or pixels.dtype != np.uint8:
        raise CollectionError(text("ink.collection.pixels", size=pixels.shape, kind=pixels.dtype))
    return pixels.tobytes()
