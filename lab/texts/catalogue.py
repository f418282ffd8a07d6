"""The catalogues: `<language>/<room>.toml`, where a key's first word is the room.

Owns reading them and filling values in. A value's form is named in the sentence: `{seconds:duration}`,
`{share:percent}`, `{n:number} {n:run|runs}` (the noun by the number). Knows no page.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NewType, TypeAlias

from lab.texts import formats
from lab.texts.languages import FALLBACK, language

_FOLDER = Path(__file__).parent


@cache
def room(code: str, name: str) -> Mapping[str, str]:
    """The sentences of one room in one language, by the whole key; none where there is no such file."""
    path = _FOLDER / code / f"{name}.toml"
    if not path.is_file():
        return {}
    return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), name))


def _flat(branch: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    leaves: list[tuple[str, str]] = []
    for word, value in branch.items():
        key = f"{prefix}.{word}"
        leaves += _flat(value, key) if isinstance(value, dict) else [(key, value)]
    return leaves


def rooms() -> list[str]:
    """The rooms that have sentences."""
    return sorted(path.stem for path in (_FOLDER / FALLBACK).glob("*.toml"))


@cache
def _template(code: str, key: str) -> str:
    name = key.partition(".")[0]
    for spoken in (code, FALLBACK):
        if key in room(spoken, name):
            return room(spoken, name)[key]
        logging.getLogger(__name__).error("the catalogue %r has no text %r", spoken, key)
    return key


class _Filling(Formatter):
    """`str.format`, with the lab's forms of values."""

    def format_field(self, value: Any, form: str) -> str:
        if "|" in form:
            return formats.noun(value, form.split("|"))
        if form in formats.FORMS:
            return formats.FORMS[form](value)
        return str(value) if not form else str(format(value, form))


_filling = _Filling()


def text(key: str, /, **values: object) -> str:
    """The sentence of this key in the reader's language, with its values; English where that one lacks it."""
    template = _template(language(), key)
    return _filling.vformat(template, (), values) if "{" in template else template


@dataclass(frozen=True)
class Text:
    """A sentence as data, said in the language of whoever reads it at last."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return text(self.key, **self.values)

    def __hash__(self) -> int:
        return hash((self.key, tuple(sorted(self.values))))


Name = NewType("Name", str)
"""A word that is the same in every language: ReLU, Adam."""

Words: TypeAlias = Text | Name


def said(key: str, /, **values: object) -> Text:
    """A sentence to be said later."""
    return Text(key, values)
