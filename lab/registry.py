"""The pattern every part of the lab follows: one table entry is one choice a person can make.

Owns the base class of all frozen specs, tables of them, and how their errors read.
Knows no part by name, no torch and no page.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from lab.texts import Text, Words, said, speaking, text
from lab.texts.languages import FALLBACK


class Spec(BaseModel):
    """A frozen, complete, JSON-ready value; unknown keys, NaN and infinity are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, strict=True, validate_default=True
    )


class Part(Spec):
    """One entry of a table: a choice with a name, its words, and the fields it takes.

    A subclass declares `kind: Literal["name"] = "name"`, these class variables, and its fields.
    """

    title: ClassVar[Words]
    summary: ClassVar[Words]
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    kind: str


@dataclass(frozen=True, kw_only=True)
class FieldWords:
    """What the control of a field says, and what it calls the choices that are not called by their names."""

    title: Words
    description: Words
    formula: str = ""
    choices: Mapping[str, Words] = field(default_factory=dict)

    def __call__(self, schema: JsonDict) -> None:
        """Write these words, in English, into the field's JSON schema, as pydantic asks for it."""
        with speaking(FALLBACK):
            schema |= {
                "title": str(self.title),
                "description": str(self.description),
                "formula": self.formula,
            }


def hyper(
    default: Any,
    title: Words,
    description: Words,
    *,
    formula: str = "",
    choices: Mapping[str, Words] | None = None,
    **bounds: Any,
) -> Any:
    """A field of a part: its default, the words its control shows, and its bounds (ge, gt, le, lt)."""
    words = FieldWords(title=title, description=description, formula=formula, choices=choices or {})
    return Field(default=default, json_schema_extra=words, **bounds)


def words_of(info: FieldInfo) -> FieldWords | None:
    """The words of a field, if it was made with `hyper`."""
    extra: object = info.json_schema_extra
    return extra if isinstance(extra, FieldWords) else None


_ENDS = {"ge": "minimum", "le": "maximum", "gt": "above", "lt": "below"}
_RANGES = {
    frozenset(("minimum",)): "registry.range.minimum",
    frozenset(("maximum",)): "registry.range.maximum",
    frozenset(("above",)): "registry.range.above",
    frozenset(("below",)): "registry.range.below",
    frozenset(("minimum", "maximum")): "registry.range.minimum_maximum",
    frozenset(("minimum", "below")): "registry.range.minimum_below",
    frozenset(("above", "maximum")): "registry.range.above_maximum",
    frozenset(("above", "below")): "registry.range.above_below",
}


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
        """The allowed values in words, or nothing where every value is allowed."""
        values = {name: value for name, value in vars(self).items() if value is not None}
        return text(_RANGES[frozenset(values)], **values) if values else ""


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


def did_you_mean(name: object, allowed: Iterable[str]) -> Text:
    """The end of an error message: the nearest allowed name, or all of them."""
    names = list(allowed)
    if near := difflib.get_close_matches(str(name), names, n=1, cutoff=0.5):
        return said("registry.did_you_mean", name=near[0])
    return said("registry.allowed", names=", ".join(names)) if names else said("registry.nothing_allowed")


_SAID: Final = "said"  # the type of an error of the lab's own, which brings its message along


def refused(message: Text) -> PydanticCustomError:
    """The error that a validator of the lab's own raises."""
    return PydanticCustomError(_SAID, _SAID, {"message": message})


@dataclass(frozen=True)
class NameIn(AfterValidator):
    """The validator of a name in a table; it keeps the table, so that a control can offer what is in it."""

    names: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def name_in(names: Mapping[str, Any], unknown: str) -> NameIn:
    """A validator that accepts the table's names only; `unknown` is the key of what is said of another.

    Raises: PydanticCustomError, with the nearest name.
    """

    def check(name: str) -> str:
        if name not in names:
            raise refused(Text(unknown, {"name": name[:80], "hint": did_you_mean(name, names)}))
        return name

    return NameIn(check, names)


@dataclass(frozen=True)
class FieldError:
    """What is wrong at one field: where, the value found, and what is allowed."""

    path: str
    value: str
    message: Text | str

    def __str__(self) -> str:
        return text("registry.at", path=self.path, message=self.message) if self.path else str(self.message)

    @property
    def of_unknown_key(self) -> bool:
        """Whether there is no field at this path."""
        return isinstance(self.message, Text) and self.message.key == _UNKNOWN_KEY


_UNKNOWN_KEY = "registry.unknown_key"


def unknown_key(path: str, key: str, allowed: Iterable[str]) -> FieldError:
    """The error of a path that ends in no field."""
    return FieldError(path, key, said(_UNKNOWN_KEY, key=key[:80], hint=did_you_mean(key, allowed)))


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
        if tagged and len(here) > 1:  # of a union; a transformer block has a field `dropout`, too
            here = tagged
            continue
        path.append(str(step))
        if inside:
            here = [found for annotation in inside for found in models_in(annotation)]
    return path, here


_OUT_OF_RANGE = ("greater_than_equal", "less_than_equal", "greater_than", "less_than")
# What pydantic finds to be of the wrong sort, by the name it gives the error.
_SORTS = {
    "bool_type": "registry.no_switch",
    "dict_type": "registry.no_object",
    "finite_number": "registry.not_finite",
    "float_type": "registry.no_number",
    "int_from_float": "registry.no_whole_number",
    "int_type": "registry.no_whole_number",
    "model_attributes_type": "registry.no_object",
    "model_type": "registry.no_object",
    "string_type": "registry.no_text",
    "tuple_type": "registry.no_list",
}


def _field_error(detail: ErrorDetails, model: type[BaseModel]) -> FieldError:
    location, kind = detail["loc"], detail["type"]
    path = ".".join(_walk(model, location)[0])
    shown = repr(detail.get("input"))
    value = shown if len(shown) <= 60 else f"{shown[:57]}..."
    if kind == "extra_forbidden":
        _, here = _walk(model, location[:-1])
        key = str(location[-1])
        return replace(
            unknown_key(path, key, sorted({name for m in here for name in m.model_fields})), value=value
        )
    return FieldError(path, value, _message(detail, model, value))


def _message(detail: ErrorDetails, model: type[BaseModel], value: str) -> Text:
    location, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    if kind == _SAID:
        return cast(Text, context["message"])
    if kind == "union_tag_invalid":
        tag = str(context["tag"])[:80]
        return said("registry.unknown_kind", kind=tag, hint=did_you_mean(tag, _kinds(location, model)))
    if kind == "union_tag_not_found":
        return said("registry.no_kind", hint=did_you_mean("", _kinds(location, model)))
    if kind == "missing":
        return said("registry.missing")
    if kind == "too_long":
        return said("registry.too_many_items", n=context["actual_length"], most=context["max_length"])
    if kind == "too_short":
        return said("registry.too_few_items", n=context["actual_length"], least=context["min_length"])
    if kind == "string_too_long":
        return said("registry.too_long", n=len(detail["input"]), most=context["max_length"])
    if kind in _OUT_OF_RANGE:
        return said("registry.not_allowed", value=value, allowed=bounds_of(_info(location, model)))
    if kind == "literal_error":
        return said("registry.none_of", value=value, names=get_args(_info(location, model).annotation))
    if kind == "json_invalid":
        return said("registry.not_json", reason=context.get("error", detail["msg"]))
    return said(_SORTS.get(kind, "registry.not_usable"), value=value)


def _kinds(location: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    _, here = _walk(model, location)
    return [m.model_fields["kind"].default for m in here if "kind" in m.model_fields]


def _info(location: tuple[int | str, ...], model: type[BaseModel]) -> FieldInfo:
    _, here = _walk(model, location[:-1])
    return next(m.model_fields[str(location[-1])] for m in here if str(location[-1]) in m.model_fields)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of JSON's pairs, for `json.loads`, which would let the last of two values count.

    Raises: SpecError, for a key that stands twice.
    """
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise SpecError([FieldError("", key, said("registry.twice", key=key[:40]))])
        content[key] = value
    return content


def spec_error(error: ValidationError, model: type[BaseModel]) -> SpecError:
    """pydantic's error in the lab's words: path, value, what is allowed."""
    details = error.errors(include_url=False)
    return SpecError(_field_error(detail, model) for detail in details[:20])
