"""What a control needs to know about a field: read once from the model, with its words and bounds.

Owns reading a field and parsing what was entered there. Knows no widget, no part and no page by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lab.numerals import numeral
from lab.registry import Bounds, Part, bounds_of, parts_in, words_of
from lab.text import shown
from lab.texts import language

_ACRONYMS = {"rnn", "lstm", "gru", "cpu", "cuda", "mps", "mlp"}


@dataclass(frozen=True)
class WrongValue:
    """What a person entered at a field, as it stands there, and why it cannot be used."""

    entered: Any
    message: str


@dataclass(frozen=True)
class Field:
    """One field of a spec as its control needs it."""

    name: str
    title: str
    description: str
    formula: str
    sort: str  # number | whole | switch | choice | text | part | parts | spec
    optional: bool
    limits: Bounds
    choices: Mapping[str, str]  # the names to choose from, each with its title
    words: Mapping[str, Any]  # the table's entries behind the choices, where there is a table
    parts: tuple[type[Part], ...]

    @property
    def bounds(self) -> str:
        """The allowed values in words, or nothing where every value is allowed."""
        return str(self.limits)

    def help(self, value: Any = None) -> str:
        """What stands behind the question mark: a sentence, its formula, what is allowed, what is chosen."""
        lines = [self.description]
        if self.formula:
            lines.append(f"${self.formula}$")
        if self.bounds:
            lines.append(f"Allowed: {self.bounds}." + (" Empty: off." if self.optional else ""))
        elif self.optional:
            lines.append("Empty: off.")
        if (entry := self.words.get(value)) is not None:
            formula = f" ${entry.formula}$" if getattr(entry, "formula", "") else ""
            lines.append(f"**{entry.title}**: {entry.summary}{formula}")
        return "\n\n".join(lines)


def written(value: float | None) -> str:
    """A number as it stands in its field: 16384, 0.001, 1e-08."""
    return shown(value).replace(",", "")


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation inside `X | None`, and whether None was allowed."""
    kinds = get_args(annotation)
    if NoneType in kinds:
        rest = tuple(kind for kind in kinds if kind is not NoneType)
        return (rest[0] if len(rest) == 1 else annotation), True
    return annotation, False


def _title(name: str) -> str:
    return name.upper() if name in _ACRONYMS else name.replace("_", " ").capitalize()


def _sort(annotation: Any, choices: Mapping[str, str], parts: tuple[type[Part], ...]) -> str:
    if parts:
        return "parts" if get_origin(annotation) is tuple else "part"
    if choices:
        return "choice"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "spec"
    return {bool: "switch", int: "whole", float: "number"}.get(annotation, "text")


def _field(name: str, info: FieldInfo) -> Field:
    annotation, optional = _without_none(info.annotation)
    entries = {name: entry for rule in info.metadata for name, entry in getattr(rule, "names", {}).items()}
    words = words_of(info)
    choices = {name: str(entry.title) for name, entry in entries.items()}
    if get_origin(annotation) is Literal:
        named = words.choices if words else {}
        choices = {name: str(named.get(name) or _title(str(name))) for name in get_args(annotation)}
    parts = parts_in(annotation)
    return Field(
        name=name,
        title=str(words.title) if words else _title(name),
        description=str(words.description) if words else "",
        formula=words.formula if words else "",
        sort=_sort(annotation, choices, parts),
        optional=optional,
        limits=bounds_of(info),
        choices=choices,
        words=entries,
        parts=parts,
    )


def fields_of(model: type[BaseModel]) -> Mapping[str, Field]:
    """The fields of a spec by name, in their order, without the tag `kind`; their words are the reader's."""
    return _fields(model, language())


@cache
def _fields(model: type[BaseModel], code: str) -> Mapping[str, Field]:
    return {name: _field(name, info) for name, info in model.model_fields.items() if name != "kind"}


def parsed(field: Field, entered: Any) -> Any:
    """The value that was meant by what a person entered.

    Raises: ValueError, naming the field, what was entered and what is allowed.
    """
    if isinstance(entered, str):
        entered = entered.strip()
    if entered is None or entered == "":
        if field.optional or field.sort == "text":
            return None if field.optional else ""
        raise ValueError(f"{field.title} is empty; allowed: {field.bounds or 'a value'}")
    if field.sort not in ("number", "whole"):
        return entered
    number = _number(field, entered)
    if not math.isfinite(number):
        raise ValueError(f"{field.title} {_short(entered)} is not a finite number; allowed: {field.bounds}")
    if field.sort == "whole" and not number.is_integer():
        raise ValueError(f"{field.title} {shown(number)} is not a whole number; allowed: {field.bounds}")
    if not field.limits.allow(number):
        raise ValueError(f"{field.title} {shown(number)} is not allowed: {field.bounds}")
    return int(number) if field.sort == "whole" else number


def _number(field: Field, entered: Any) -> float:
    text = str(entered)
    try:
        return numeral(text, thousands=True)  # as this page writes large numbers itself
    except ValueError:
        allowed = f"{field.bounds}, with a point for decimals" if "," in text else field.bounds
        raise ValueError(f"{field.title} {_short(text)!r} is not a number; allowed: {allowed}") from None


def _short(entered: Any) -> str:
    text = str(entered)
    return text if len(text) <= 40 else f"{text[:40]}..."
