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
from lab.texts import Text, language, said, text
from lab.texts.formats import number


@dataclass(frozen=True)
class WrongValue:
    """What a person entered at a field, as it stands there, and why it cannot be used."""

    entered: Any
    message: Text | str


class EntryError(ValueError):
    """What was entered at a field cannot be used; the reason is a sentence that names the field."""

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Field:
    """One field of a spec as its control needs it."""

    name: str
    title: Text | str
    description: Text | str
    formula: str
    sort: str  # number | whole | switch | choice | text | part | parts | spec
    optional: bool
    limits: Bounds
    choices: Mapping[str, Text | str]  # the names to choose from, each with its title
    words: Mapping[str, Any]  # the table's entries behind the choices, where there is a table
    parts: tuple[type[Part], ...]

    @property
    def bounds(self) -> str:
        """The allowed values in words, or nothing where every value is allowed."""
        return str(self.limits)

    def help(self, value: Any = None) -> str:
        """What stands behind the question mark: a sentence, its formula, what is allowed, what is chosen."""
        lines = [str(self.description)]
        if self.formula:
            lines.append(f"${self.formula}$")
        if self.bounds:
            key = "kit.field.allowed_or_off" if self.optional else "kit.field.allowed"
            lines.append(text(key, bounds=self.limits))
        elif self.optional:
            lines.append(text("kit.field.off"))
        if (entry := self.words.get(value)) is not None:
            formula = f" ${entry.formula}$" if getattr(entry, "formula", "") else ""
            lines.append(f"{in_short(entry)}{formula}")
        return "\n\n".join(lines)


def in_short(entry: Any) -> str:
    """What an entry of a table is called, and what it is for."""
    return text("kit.field.entry", title=entry.title, summary=entry.summary)


def written(value: float | None) -> str:
    """A number as it stands in its field: 16384, 0.001, 1e-08."""
    return number(value).replace(",", "")


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation inside `X | None`, and whether None was allowed."""
    kinds = get_args(annotation)
    if NoneType in kinds:
        rest = tuple(kind for kind in kinds if kind is not NoneType)
        return (rest[0] if len(rest) == 1 else annotation), True
    return annotation, False


def _sort(annotation: Any, choices: Mapping[str, Text | str], parts: tuple[type[Part], ...]) -> str:
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
        choices = {name: str(named.get(name) or str(name).upper()) for name in get_args(annotation)}
    parts = parts_in(annotation)
    return Field(
        name=name,
        title=str(words.title) if words else name,
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

    Raises: EntryError, naming the field, what was entered and what is allowed.
    """
    if isinstance(entered, str):
        entered = entered.strip()
    if entered is None or entered == "":
        if field.optional or field.sort == "text":
            return None if field.optional else ""
        if field.bounds:
            raise EntryError(said("kit.field.empty", field=field.title, bounds=field.limits))
        raise EntryError(said("kit.field.empty_of_any", field=field.title))
    if field.sort not in ("number", "whole"):
        return entered
    value = _number(field, entered)
    if not math.isfinite(value):
        raise _refused("kit.field.not_finite", field, _short(entered))
    if field.sort == "whole" and not value.is_integer():
        raise _refused("kit.field.not_whole", field, number(value))
    if not field.limits.allow(value):
        raise _refused("kit.field.not_allowed", field, number(value))
    return int(value) if field.sort == "whole" else value


def _number(field: Field, entered: Any) -> float:
    typed = str(entered)
    try:
        return numeral(typed, thousands=True)  # as this page writes large numbers itself
    except ValueError:
        key = "kit.field.no_number_but_a_comma" if "," in typed else "kit.field.no_number"
        raise _refused(key, field, _short(typed)) from None


def _refused(key: str, field: Field, value: str) -> EntryError:
    return EntryError(Text(key, {"field": field.title, "value": value, "bounds": field.limits}))


def _short(entered: Any) -> str:
    typed = str(entered)
    return typed if len(typed) <= 40 else f"{typed[:40]}..."
