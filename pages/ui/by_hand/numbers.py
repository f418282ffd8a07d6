"""The table of every number of the network, editable: the seam to `static/by_hand/numbers.js`.

Owns which numbers stand in which table and what an edit does. Knows no picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lab.by_hand.digits import four, full, read_number
from lab.by_hand.example import Example, Unit
from lab.by_hand.tracer import Trace
from lab.figures.by_hand.picture import label
from lab.registry import SpecError
from lab.texts import said, text
from pages.ui.by_hand import state
from pages.ui.kit.component import component

KEY = "by_hand/numbers"
_SEQ, _WRONG, _SAID = f"{KEY}-seq", f"{KEY}-wrong", f"{KEY}-said"


def numbers(trace: Trace) -> None:
    """Shows x, y and every parameter as fields."""
    data = {
        "blocks": _blocks(trace),
        "seq": st.session_state.get(_SEQ, 0),
        "wrong": st.session_state.get(_WRONG, ""),
        "said": str(st.session_state.get(_SAID, "")),
    }
    component("by_hand/numbers")(key=KEY, data=data, on_edit_change=_edited)


def forget_mistake() -> None:
    """Takes the mark off a field after something else was changed."""
    st.session_state.pop(_WRONG, None)
    st.session_state.pop(_SAID, None)


def _edited() -> None:
    message = st.session_state[KEY].get("edit")
    if isinstance(message, Mapping):
        edit(str(message.get("name", "")), str(message.get("text", "")), message.get("seq"))


def edit(name: str, typed: str, seq: object) -> None:
    """Takes one typed number; what cannot be used leaves the last good value and says what is allowed."""
    if isinstance(seq, int):
        st.session_state[_SEQ] = seq
    forget_mistake()
    before = state.points()[-1].trace
    example = before.example
    known = {**example.inputs, **example.targets, **example.parameters}
    if name not in known:
        return
    try:
        value = read_number(typed, label(before, name))
    except SpecError as error:
        st.session_state[_WRONG] = name
        st.session_state[_SAID] = said("by_hand_page.numbers.stays", problem=error, value=four(known[name]))
        return
    state.change(example=example.changed({name: value}), taken=0)


def _written(value: float) -> str:
    whole = full(value).removesuffix(".0")
    return whole if len(whole) <= 8 else four(value)


def _cell(trace: Trace, name: str) -> dict[str, Any]:
    value = trace.values[name]
    sign = 0 if value == 0 else 1 if value > 0 else -1
    return {
        "name": name,
        "label": label(trace, name),
        "text": _written(value),
        "full": full(value),
        "sign": sign,
    }


def _row(trace: Trace, unit: Unit) -> dict[str, Any]:
    example = trace.example
    names = [example.weight_name(unit, place) for place in range(example.sizes[unit.layer - 1])]
    cells = [_cell(trace, name) for name in (*names, f"b{unit.number}")]
    return {"head": text("by_hand_page.numbers.into", unit=label(trace, f"z{unit.number}")), "cells": cells}


def _layer_title(example: Example, layer: int) -> str:
    if layer == example.depth:
        return text("by_hand_page.numbers.output_layer", layer=layer)
    return text("by_hand_page.numbers.layer", layer=layer)


def _blocks(trace: Trace) -> list[dict[str, Any]]:
    example = trace.example
    blocks = [
        {
            "title": title,
            "columns": [label(trace, name) for name in names],
            "rows": [{"head": "", "cells": [_cell(trace, name) for name in names]}],
        }
        for title, names in (
            (text("by_hand_page.numbers.input"), example.inputs),
            (text("by_hand_page.numbers.target"), example.targets),
        )
    ]
    for layer, units in enumerate(example.layers, start=1):
        sources = [label(trace, source) for source in example.sources(layer)]
        columns = [text("by_hand_page.numbers.from", source=source) for source in sources]
        columns.append(text("by_hand_page.numbers.bias"))
        rows = [_row(trace, unit) for unit in units]
        blocks.append({"title": _layer_title(example, layer), "columns": columns, "rows": rows})
    return blocks
