"""How an error travels from a process that has no reader to whoever reads of it: as keys of texts and their values.

Owns what is plain enough for JSON, and the way back. Says nothing until it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lab.events import Reason
from lab.registry import FieldError, SpecError
from lab.texts import Text

LONGEST = 1000  # letters of another library's words


def reasons_of(error: Exception) -> tuple[Reason, ...]:
    """What an error says, one reason for each wrong field."""
    if isinstance(error, SpecError):
        return tuple(_reason(one.message, one.path) for one in error.errors)
    said = error.args[0] if error.args else None
    return (_reason(said if isinstance(said, Text) else str(error)),)


def in_words(reasons: Iterable[Reason]) -> str:
    """What reasons say to whoever reads them here, a line each."""
    return str(SpecError(FieldError(one.path, "", _words(one)) for one in reasons))


def _reason(words: Text | str, path: str = "") -> Reason:
    if isinstance(words, Text):
        return Reason(path=path, key=words.key, values=_plain(words)["values"])
    return Reason(path=path, words=words[:LONGEST])


def _words(reason: Reason) -> Text | str:
    return _text({"text": reason.key, "values": reason.values}) if reason.key else reason.words


def _plain(value: object) -> Any:
    """A value as JSON has it: texts within texts stay texts, what only a process knows becomes words."""
    if isinstance(value, Text):
        return {"text": value.key, "values": {name: _plain(one) for name, one in value.values.items()}}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST]


def _text(plain: Mapping[str, Any]) -> Text:
    return Text(plain["text"], {name: _read(one) for name, one in plain["values"].items()})


def _read(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_read(one) for one in plain]
    return _text(plain) if isinstance(plain, dict) else plain
