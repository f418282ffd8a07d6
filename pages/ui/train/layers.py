"""The layer editor: one row per layer with its fields, what comes out, what it costs, and what is wrong.

Owns the rows and their buttons. Every edit carries the row's number, so that a click means the same layer
however the stack has moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lab.data.dataset import CLASSES
from lab.parts.layers import LAYERS, Layer, Linear
from lab.spec import MAX_LAYERS
from lab.text import counted
from pages.ui.kit.controls import mark, part_controls
from pages.ui.train.draft import Draft, fixed, layer_added, layer_duplicated, layer_moved, layer_removed
from pages.ui.train.state import edit, putter

if TYPE_CHECKING:
    from lab.network.report import LayerReport

_INSERT = "train/insert-below"
_ACTIONS = {
    "Add below": ":material/add: Add below",
    "Move up": ":material/arrow_upward: Move up",
    "Move down": ":material/arrow_downward: Move down",
    "Duplicate": ":material/content_copy: Duplicate",
    "Remove": ":material/delete: Remove",
}


def in_short(number: float) -> str:
    """A large number in three digits: 401 k, 2.4 M."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g} {letter}"
    return f"{number:.0f} "


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A shape as it is said: 16 x 28 x 28."""
    return " x ".join(str(n) for n in shape) if shape else "?"


def layer_editor(draft: Draft, reports: tuple[LayerReport, ...] | None) -> None:
    """All rows, and the button that adds one more: below the row chosen for it, else at the end."""
    here = st.session_state.get(_INSERT)
    for place, (row, layer) in enumerate(zip(draft.now.rows, draft.layers, strict=True)):
        report = reports[place] if reports is not None and place < len(reports) else None
        _row(draft, place, row, layer, report, loading=reports is None)
        if row == here:
            _add_button(draft, row, f"Add layer below {place + 1} {layer.title}")
    if reports is not None and len(reports) > len(draft.layers):
        _misfit(reports[-1], None, "output")
    if here not in draft.now.rows:
        _add_button(draft, end_of_hidden_layers(draft), "Add layer")


def end_of_hidden_layers(draft: Draft) -> int:
    """The row to add below by default: the last, or the one before where the last gives the ten logits."""
    *_, last = draft.layers
    if len(draft.layers) > 1 and isinstance(last, Linear) and last.units == CLASSES:
        return draft.now.rows[-2]
    return draft.now.rows[-1]


def _add_button(draft: Draft, below: int | None, label: str) -> None:
    full = len(draft.layers) >= MAX_LAYERS
    st.menu_button(
        label,
        tuple(LAYERS),
        format_func=lambda kind: f"**{LAYERS[kind].title}** :gray[{LAYERS[kind].group}]",
        key="train/add",
        icon=":material/add:",
        on_click=_add,
        args=(below,),
        disabled=full,
        help=f"A stack has at most {MAX_LAYERS} layers." if full else "The output layer stays last.",
    )


def _add(below: int | None) -> None:
    kind = st.session_state.get("train/add")
    if kind:
        edit(layer_added, str(kind), below)
        st.session_state.pop(_INSERT, None)


def _act(row: int) -> None:
    action = st.session_state.get(f"train/row/{row}/menu")
    if action == "Add below":
        st.session_state[_INSERT] = row
    elif action == "Remove":
        edit(layer_removed, row)
    elif action == "Duplicate":
        edit(layer_duplicated, row)
    elif action:
        edit(layer_moved, row, -1 if action == "Move up" else 1)


def _row(
    draft: Draft, place: int, row: int, layer: Layer, report: LayerReport | None, *, loading: bool
) -> None:
    mistakes = draft.mistakes_at("network", "layers", f"#{row}")
    with st.container(border=True, key=f"train/layer-{row}", gap="xsmall"):
        with st.container(horizontal=True, gap="small", vertical_alignment="top"):
            _name(place, row, layer, report, loading)
            with st.container(horizontal=True, gap="xsmall", width="content"):
                part_controls(
                    layer,
                    f"train/row/{row}",
                    putter("network", "layers", f"#{row}"),
                    mistakes=mistakes,
                    number_width=80,
                    choice_width=132,
                    reasons=False,
                )
        for mistake in mistakes.values():
            mark(mistake)
        if report is not None and report.error:
            _misfit(report, row, str(row))


def _name(place: int, row: int, layer: Layer, report: LayerReport | None, loading: bool) -> None:
    """What the layer is and gives, and the menu of what can be done with it."""
    with st.container(horizontal=True, gap="xxsmall", width=204):
        st.menu_button(
            ":material/more_vert:",
            tuple(_ACTIONS),
            format_func=_ACTIONS.__getitem__,
            key=f"train/row/{row}/menu",
            type="tertiary",
            on_click=_act,
            args=(row,),
            help=f"Move, duplicate or remove {layer.title}",
        )
        with st.container(width=168, gap=None):
            st.markdown(f"**{place + 1}  {layer.title}**", help=f"{layer.summary}\n\n${layer.formula}$")
            st.caption(_outcome(report, loading))


def _outcome(report: LayerReport | None, loading: bool) -> str:
    if report is None:
        return ":material/hourglass_empty: loading torch" if loading else ":material/arrow_forward: ?"
    shape = f":material/arrow_forward: {shape_text(report.out_shape)}"
    cost = f"{shape} · {in_short(report.flops)}FLOP" if report.flops else shape
    return f"{cost}  \n{counted(report.parameters, 'parameter')}" if report.parameters else cost


def _misfit(report: LayerReport, row: int | None, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":red[:material/error: {report.error[:1].upper()}{report.error[1:]}]", width="stretch")
        if report.fix is not None:
            st.button(
                str(report.fix.title),
                key=f"train/fix/{key}",
                icon=":material/build:",
                on_click=edit,
                args=(fixed, row, report.fix),
            )
