"""Controls made from specs: one field made with `hyper` gives one widget that knows its words and bounds.

Owns how a field is read from its model, drawn, parsed and marked when it is wrong. The caller holds the
value: a widget shows what it is given and hands what was typed to `put`. Knows no part or page by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lab.registry import Part, Spec

Put = Callable[[str, Any], None]
"""Takes the name of a field and what a person entered; called before the page is drawn again."""

_ACRONYMS = {"rnn", "lstm", "gru", "cpu", "cuda", "mps", "mlp"}


@dataclass(frozen=True)
class Mistake:
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
    scale: str
    step: float | None
    minimum: float | None
    maximum: float | None
    above: float | None  # an open lower end: greater than, not equal
    below: float | None
    choices: Mapping[str, str]  # the names to choose from, each with its title
    words: Mapping[str, Any]  # the table's entries behind the choices, where there is a table
    parts: tuple[type[Part], ...]

    @property
    def bounds(self) -> str:
        """The allowed values in words, or nothing where every value is allowed."""
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return f"{shown(low)} to {shown(high)}"
        ends = [
            f"at least {shown(low)}" if low is not None else "",
            f"above {shown(self.above)}" if self.above is not None else "",
            f"at most {shown(high)}" if high is not None else "",
            f"below {shown(self.below)}" if self.below is not None else "",
        ]
        return " and ".join(end for end in ends if end)

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


def shown(value: float | None) -> str:
    """A number as people write it: 16,384, 0.001, 1e-08."""
    if value is None:
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return repr(float(value))


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation inside `X | None`, and whether None was allowed."""
    kinds = get_args(annotation)
    if NoneType in kinds:
        rest = tuple(kind for kind in kinds if kind is not NoneType)
        return (rest[0] if len(rest) == 1 else annotation), True
    return annotation, False


def parts_in(annotation: Any) -> tuple[type[Part], ...]:
    """Every part that the annotation allows, through unions, tuples and Annotated."""
    if isinstance(annotation, type):
        return (annotation,) if issubclass(annotation, Part) else ()
    return tuple(part for argument in get_args(annotation) for part in parts_in(argument))


def _bound(info: FieldInfo, name: str) -> float | None:
    found = [getattr(rule, name) for rule in info.metadata if getattr(rule, name, None) is not None]
    return float(found[0]) if found else None


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
    choices = {name: entry.title for name, entry in entries.items()}
    if get_origin(annotation) is Literal:
        choices = {name: _title(str(name)) for name in get_args(annotation)}
    parts = parts_in(annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    step = extra.get("step")
    return Field(
        name=name,
        title=info.title or name.replace("_", " ").capitalize(),
        description=info.description or "",
        formula=str(extra.get("formula") or ""),
        sort=_sort(annotation, choices, parts),
        optional=optional,
        scale=str(extra.get("scale") or "linear"),
        step=float(step) if isinstance(step, int | float) else None,
        minimum=_bound(info, "ge"),
        maximum=_bound(info, "le"),
        above=_bound(info, "gt"),
        below=_bound(info, "lt"),
        choices=choices,
        words=entries,
        parts=parts,
    )


def fields_of(model: type[BaseModel]) -> dict[str, Field]:
    """The fields of a spec by name, in their order, without the tag `kind`."""
    return {name: _field(name, info) for name, info in model.model_fields.items() if name != "kind"}


def parsed(field: Field, entered: Any) -> Any:
    """The value that was meant by what a person entered; bounds are the spec's business.

    Raises: ValueError, naming what is missing or what is no number.
    """
    if entered is None or entered == "":
        if field.optional or field.sort == "text":
            return None if field.optional else ""
        raise ValueError(f"{field.title} is empty; allowed: {field.bounds or 'a value'}")
    if field.sort not in ("number", "whole"):
        return entered
    try:
        number = float(entered)
    except (TypeError, ValueError):
        raise ValueError(f"{field.title} {str(entered)[:40]!r} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{field.title} {entered} is not a finite number; allowed: {field.bounds}")
    if field.sort == "whole":
        if not number.is_integer():
            raise ValueError(f"{field.title} {shown(number)} is not a whole number; allowed: {field.bounds}")
        return int(number)
    return number


def click_size(field: Field, value: float | None) -> float:
    """What one click on plus or minus changes; on a log scale it follows the value's own power of ten."""
    if field.scale == "log" and value is not None and value > 0 and math.isfinite(value):
        power = 10.0 ** math.floor(math.log10(value) + 1e-9)
        return power / 2 if math.isclose(value, power) else power
    if field.step is not None:
        return field.step
    return 1.0 if field.sort == "whole" else 0.01


def mark(mistake: Mistake | None) -> None:
    """The reason in red, right under the field it belongs to."""
    if mistake is not None:
        st.caption(f":red[:material/error: {escaped(mistake.message)}]")


def escaped(text: str) -> str:
    """The text with everything that Markdown would act on taken literally."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+!$|<>~:" else letter for letter in text)


def _follow(key: str, value: Any) -> None:
    """Let the widget show `value`: the caller's value is the truth, the widget's state only its echo."""
    missing = object()
    now = st.session_state.get(key, missing)
    if now is missing or now != value or isinstance(now, bool) is not isinstance(value, bool):
        st.session_state[key] = value


def field_control(
    field: Field,
    value: Any,
    key: str,
    put: Put,
    *,
    mistake: Mistake | None = None,
    width: int | Literal["stretch"] = "stretch",
) -> None:
    """The widget of one plain field, showing `value` or the mistake that stands there, marked."""
    entered = value if mistake is None else mistake.entered

    def changed() -> None:
        put(field.name, st.session_state.get(key))

    words: dict[str, Any] = {"key": key, "help": field.help(entered), "on_change": changed, "width": width}
    with st.container(gap="xxsmall", width=width):
        if field.sort in ("number", "whole"):
            number = None if entered is None else float(entered)
            _follow(key, number)
            st.number_input(
                field.title,
                value=None,
                step=click_size(field, number),
                format="%.12g" if field.sort == "whole" else "%.6g",
                placeholder="off" if field.optional else "empty",
                **words,
            )
        elif field.sort == "switch":
            _follow(key, bool(entered))
            st.toggle(field.title, **words)
        elif field.sort == "choice":
            _follow(key, entered)
            st.selectbox(field.title, tuple(field.choices), format_func=field.choices.__getitem__, **words)
        else:
            _follow(key, str(entered))
            st.text_input(field.title, **words)
        mark(mistake)


def part_controls(
    part: Spec,
    key: str,
    put: Put,
    *,
    mistakes: Mapping[str, Mistake] | None = None,
    only: tuple[str, ...] = (),
    number_width: int | Literal["stretch"] = "stretch",
    choice_width: int | Literal["stretch"] = "stretch",
) -> None:
    """The widgets of the plain fields of a part (all, or `only` these), as its container lays them out."""
    for name, field in fields_of(type(part)).items():
        if field.sort in ("part", "parts", "spec") or (only and name not in only):
            continue
        field_control(
            field,
            getattr(part, name),
            f"{key}/{name}",
            put,
            mistake=(mistakes or {}).get(name),
            width=number_width if field.sort in ("number", "whole") else choice_width,
        )


def kind_control(
    field: Field, part: Part, key: str, put: Put, *, width: int | Literal["stretch"] = "stretch"
) -> None:
    """The choice among the parts of a table: hands the chosen kind to `put`, shows what it is for."""
    kinds = {kind.model_fields["kind"].default: kind for kind in field.parts}

    def changed() -> None:
        put(field.name, st.session_state.get(key))

    _follow(key, part.kind)
    st.selectbox(
        field.title,
        tuple(kinds),
        format_func=lambda kind: kinds[kind].title,
        key=key,
        help=f"{field.description}\n\n**{part.title}**: {part.summary}"
        + (f"\n\n${part.formula}$" if part.formula else "")
        + (f"\n\n{part.source}" if part.source else ""),
        on_change=changed,
        width=width,
    )
    st.caption(part.summary)
