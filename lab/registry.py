"""The pattern every part of the lab follows: one table entry is one choice a person can make.

Owns the base class of all frozen specs, tables of them, and how their errors read.
Knows no part by name, no torch and no page.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from lab.text import range_words
from lab.texts import Text


class Spec(BaseModel):
    """A frozen, complete, JSON-ready value; unknown keys, NaN and infinity are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, strict=True, validate_default=True
    )


class Part(Spec):
    """One entry of a table: a choice with a name, its words, and the fields it takes.

    A subclass declares `kind: Literal["name"] = "name"`, these class variables, and its fields.
    """

    title: ClassVar[str]
    summary: ClassVar[str]
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    kind: str


def hyper(
    default: Any,
    title: str,
    description: str,
    *,
    formula: str = "",
    **bounds: Any,
) -> Any:
    """A field of a part: its default, the words its control shows, and its bounds (ge, gt, le, lt)."""
    extra: JsonDict = {"formula": formula}
    return Field(default=default, title=title, description=description, json_schema_extra=extra, **bounds)


_ENDS = {"ge": "minimum", "le": "maximum", "gt": "above", "lt": "below"}


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The numbers that a field allows: from `minimum` to `maximum`, open where they are `above` and `below`."""

    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None

    def allow(self, number: float) -> bool:
        """Whether a number is within the bounds."""
        return (
            (self.minimum is None or number >= self.minimum)
            and (self.above is None or number > self.above)
            and (self.maximum is None or number <= self.maximum)
            and (self.below is None or number < self.below)
        )

    def __str__(self) -> str:
        return range_words(self.minimum, self.maximum, self.above, self.below)


def bounds_of(info: FieldInfo) -> Bounds:
    """The bounds of a field, as `hyper` was given them."""
    ends: dict[str, float] = {}
    for rule in info.metadata:
        for end, name in _ENDS.items():
            if getattr(rule, end, None) is not None:
                ends[name] = float(getattr(rule, end))
    return Bounds(**ends)


def models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Every model that an annotation allows, through unions, tuples and Annotated, in the order written."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for argument in get_args(annotation) for model in models_in(argument))


def parts_in(annotation: Any) -> tuple[type[Part], ...]:
    """The parts among them."""
    return tuple(model for model in models_in(annotation) if issubclass(model, Part))


def table(union: Any) -> dict[str, Any]:
    """The parts of a union by kind, in the order in which a person meets them."""
    return {part.model_fields["kind"].default: part for part in parts_in(union)}


def did_you_mean(name: object, allowed: Iterable[str]) -> str:
    """The end of an error message: the nearest allowed name, or all of them."""
    names = list(allowed)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(names) or 'none'}"


@dataclass(frozen=True)
class NameIn(AfterValidator):
    """The validator of a name in a table; it keeps the table, so that a control can offer what is in it."""

    names: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def name_in(names: Mapping[str, Any], what: str) -> NameIn:
    """A validator that accepts the table's names only.

    Raises: PydanticCustomError, with the nearest name.
    """

    def check(name: str) -> str:
        if name not in names:
            raise PydanticCustomError(
                "unknown_name",
                "unknown {what} '{name}'; {hint}",
                {"what": what, "name": name[:80], "hint": did_you_mean(name, names)},
            )
        return name

    return NameIn(check, names)


FieldCode = Literal[
    "unknown_key", "unknown_index", "unknown_name", "missing", "out_of_range", "not_json", "other"
]


@dataclass(frozen=True)
class FieldError:
    """What is wrong at one field: where, the value found, and what is allowed; `code` is for what must tell it apart."""

    path: str
    value: str
    message: Text | str
    code: FieldCode = "other"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else str(self.message)


class SpecError(ValueError):
    """A configuration that cannot be used, with one `FieldError` for each reason."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def _walk(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[list[str], list[type[BaseModel]]]:
    """The path of `location` as a person writes it (without union tags), and the models it may hold."""
    path, here = [], [model]
    for step in location:
        tagged = [m for m in here if "kind" in m.model_fields and m.model_fields["kind"].default == step]
        inside = [f.annotation for m in here if (f := m.model_fields.get(str(step)))]
        if tagged and not inside:
            here = tagged
            continue
        path.append(str(step))
        if inside:
            here = [found for annotation in inside for found in models_in(annotation)]
    return path, here


_OUT_OF_RANGE = ("greater_than_equal", "less_than_equal", "greater_than", "less_than")
_CODES: dict[str, FieldCode] = {
    "extra_forbidden": "unknown_key",
    "union_tag_invalid": "unknown_name",
    "unknown_name": "unknown_name",
    "union_tag_not_found": "missing",
    "missing": "missing",
    "json_invalid": "not_json",
    **dict.fromkeys(_OUT_OF_RANGE, "out_of_range"),
}


def _field_error(detail: ErrorDetails, model: type[BaseModel]) -> FieldError:
    location, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    path, _ = _walk(model, location)
    text = repr(detail.get("input"))
    value = text if len(text) <= 60 else f"{text[:57]}..."
    if kind == "extra_forbidden":
        _, here = _walk(model, location[:-1])
        names = sorted({name for m in here for name in m.model_fields})
        message = f"unknown key {location[-1]!r}; {did_you_mean(location[-1], names)}"
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        _, here = _walk(model, location)
        kinds = [m.model_fields["kind"].default for m in here if "kind" in m.model_fields]
        tag = str(context.get("tag", ""))[:80]
        missing = "has no 'kind'" if kind == "union_tag_not_found" else f"unknown kind {tag!r}"
        message = f"{missing}; {did_you_mean(tag, kinds)}"
    elif kind == "missing":
        message = "is missing"
    elif kind == "unknown_name":
        message = detail["msg"]
    elif kind == "too_long":
        message = f"{context.get('actual_length')} items; at most {context.get('max_length')} are allowed"
    elif kind == "too_short":
        message = f"{context.get('actual_length')} items; at least {context.get('min_length')} needed"
    elif kind in _OUT_OF_RANGE:
        _, here = _walk(model, location[:-1])
        info = next(m.model_fields[str(location[-1])] for m in here if str(location[-1]) in m.model_fields)
        message = f"{value} is not allowed: {bounds_of(info)}"
    elif kind == "json_invalid":
        message = f"not JSON: {context.get('error', detail['msg'])}"
    else:
        message = f"{value} is not allowed: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return FieldError(".".join(path), value, message, _CODES.get(kind, "other"))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of JSON's pairs, for `json.loads`, which would let the last of two values count.

    Raises: SpecError, for a key that stands twice.
    """
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise SpecError([FieldError("", key, f"the key {key[:40]!r} stands twice; write it once")])
        content[key] = value
    return content


def spec_error(error: ValidationError, model: type[BaseModel]) -> SpecError:
    """pydantic's error in the lab's words: path, value, what is allowed."""
    details = error.errors(include_url=False)
    return SpecError(_field_error(detail, model) for detail in details[:20])
