"""Controls made from specs: one field made with `hyper` gives one widget that knows its words and bounds.

Owns how a field is drawn, and marked when it is wrong. The caller holds the value: a widget shows what it
is given and hands what was entered to `put`. Knows no part or page by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import streamlit as st

from lab.registry import Part, Spec
from lab.texts import Text, text
from lab.texts.formats import source
from pages.ui.kit.component import page_style
from pages.ui.kit.echo import following, when_edited
from pages.ui.kit.fields import Field, WrongValue, fields_of, in_short, written

Put = Callable[[str, Any], None]
"""Takes the name of a field and what a person entered; called before the page is drawn again."""


def mark(mistake: WrongValue | None) -> None:
    """The reason in red, for right under the field it belongs to."""
    if mistake is not None:
        error_line(mistake.message)


def _outline(key: str) -> None:
    """A red border around the input of the widget with this key.

    Its label stays plain: screen readers say it letter by letter. A container would take the focus away.
    """
    page_style(
        "kit/wrong_field", key=re.sub(r"[^A-Za-z0-9_-]", "-", key)
    )  # as Streamlit makes a class of a key


def error_line(message: Text | str) -> None:
    """A line that says what is wrong; no caption, which is too pale to be read in red."""
    st.markdown(f":small[:red[:material/error: {escaped(message)}]]")


def _explained(help_text: str, mistake: WrongValue | None) -> str:
    """The help of a field, after what is wrong with it: a narrow field has its reason in another place."""
    return help_text if mistake is None else f":red[{escaped(mistake.message)}]\n\n{help_text}"


def escaped(words: object) -> str:
    """The words with everything that Markdown would act on taken literally."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+!$|<>~:" else letter for letter in str(words))


def _place(names: tuple[str, ...], name: Any) -> int:
    return names.index(name) if name in names else 0


def field_control(
    field: Field,
    value: Any,
    key: str,
    put: Put,
    *,
    mistake: WrongValue | None = None,
    width: int | Literal["stretch"] = "stretch",
    reason: bool = True,
) -> None:
    """The widget of one plain field, showing `value` or the mistake that stands there, marked.

    `reason=False` leaves the reason to the caller, where the field is too narrow for a sentence.
    """
    entered = value if mistake is None else mistake.entered

    def changed() -> None:
        put(field.name, st.session_state.get(key))

    title = str(field.title)
    explained = _explained(field.help(entered), mistake)
    words: dict[str, Any] = {
        "key": key,
        "help": explained,
        "on_change": when_edited(key, changed),
        "width": width,
    }
    with st.container(gap="xxsmall", width=width):
        if field.sort in ("number", "whole"):
            # A field for numbers would put its last value back where a person left it empty or with letters.
            typed = entered if isinstance(entered, str) else written(entered)
            placeholder = text("kit.field.off_here" if field.optional else "kit.field.empty_here")
            st.text_input(title, value=following(key, typed) or "", placeholder=placeholder, **words)
        elif field.sort == "switch":
            st.space("small")  # as high as the label of the field beside it
            st.toggle(title, value=bool(following(key, bool(entered))), **words)
        elif field.sort == "choice":
            names = tuple(field.choices)
            st.selectbox(
                title,
                names,
                index=_place(names, following(key, entered)),
                format_func=lambda name: str(field.choices[name]),
                **words,
            )
        else:
            st.text_input(title, value=following(key, str(entered)) or "", **words)
        if mistake is not None:
            _outline(key)
        if reason:
            mark(mistake)


def part_controls(
    part: Spec,
    key: str,
    put: Put,
    *,
    mistakes: Mapping[str, WrongValue] | None = None,
    only: tuple[str, ...] = (),
    number_width: int | Literal["stretch"] = "stretch",
    choice_width: int | Literal["stretch"] = "stretch",
    reasons: bool = True,
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
            reason=reasons,
        )


def kind_control(
    field: Field, part: Part, key: str, put: Put, *, width: int | Literal["stretch"] = "stretch"
) -> None:
    """The choice among the parts of a table: hands the chosen kind to `put`, shows what it is for."""
    kinds = {kind.model_fields["kind"].default: kind for kind in field.parts}

    def changed() -> None:
        put(field.name, st.session_state.get(key))

    names = tuple(kinds)
    st.selectbox(
        str(field.title),
        names,
        index=_place(names, following(key, part.kind)),
        format_func=lambda kind: str(kinds[kind].title),
        key=key,
        help=f"{field.description}\n\n{in_short(part)}"
        + (f"\n\n${part.formula}$" if part.formula else "")
        + (f"\n\n{source(part.source)}" if part.source else ""),
        on_change=when_edited(key, changed),
        width=width,
    )
    st.caption(str(part.summary))
