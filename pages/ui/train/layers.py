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
from lab.texts import said, text
from lab.texts.formats import flops, sentence, shape
from pages.ui.kit.controls import mark, part_controls
from pages.ui.train.draft import Draft, fixed, layer_added, layer_duplicated, layer_moved, layer_removed
from pages.ui.train.state import edit, putter

if TYPE_CHECKING:
    from lab.network.report import LayerReport

_INSERT = "train/insert-below"
_GIVES = ":material/arrow_forward: {}"
_ACTIONS = {
    "add": (":material/add:", said("train.layers.add_below")),
    "up": (":material/arrow_upward:", said("train.layers.move_up")),
    "down": (":material/arrow_downward:", said("train.layers.move_down")),
    "duplicate": (":material/content_copy:", said("train.layers.duplicate")),
    "remove": (":material/delete:", said("train.layers.remove")),
}


def layer_editor(draft: Draft, reports: tuple[LayerReport, ...] | None) -> None:
    """All rows, and the button that adds one more: below the row chosen for it, else at the end."""
    here = st.session_state.get(_INSERT)
    for place, (row, layer) in enumerate(zip(draft.now.rows, draft.layers, strict=True)):
        report = reports[place] if reports is not None and place < len(reports) else None
        _row(draft, place, row, layer, report, loading=reports is None)
        if row == here:
            label = text("train.layers.add_below_layer", place=place + 1, layer=layer.title)
            _add_button(draft, row, label)
    if reports is not None and len(reports) > len(draft.layers):
        _misfit(reports[-1], None, "output")
    if here not in draft.now.rows:
        _add_button(draft, end_of_hidden_layers(draft), text("train.layers.add"))


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
        help=text("train.layers.full", most=MAX_LAYERS) if full else text("train.layers.output_stays_last"),
    )


def _add(below: int | None) -> None:
    kind = st.session_state.get("train/add")
    if kind:
        edit(layer_added, str(kind), below)
        st.session_state.pop(_INSERT, None)


def _act(row: int) -> None:
    action = st.session_state.get(f"train/row/{row}/menu")
    if action == "add":
        st.session_state[_INSERT] = row
    elif action == "remove":
        edit(layer_removed, row)
    elif action == "duplicate":
        edit(layer_duplicated, row)
    elif action:
        edit(layer_moved, row, -1 if action == "up" else 1)


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
            format_func=lambda action: "{} {}".format(*_ACTIONS[action]),
            key=f"train/row/{row}/menu",
            type="tertiary",
            on_click=_act,
            args=(row,),
            help=text("train.layers.menu", layer=layer.title),
        )
        with st.container(width=168, gap=None):
            st.markdown(f"**{place + 1}  {layer.title}**", help=f"{layer.summary}\n\n${layer.formula}$")
            st.caption(_outcome(report, loading))


def _outcome(report: LayerReport | None, loading: bool) -> str:
    if report is None:
        return f":material/hourglass_empty: {text('train.layers.loading')}" if loading else _GIVES.format("?")
    given = _GIVES.format(shape(report.out_shape) if report.out_shape else "?")
    cost = f"{given} · {flops(report.flops)}" if report.flops else given
    return f"{cost}  \n{text('train.layers.parameters', n=report.parameters)}" if report.parameters else cost


def _misfit(report: LayerReport, row: int | None, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":red[:material/error: {sentence(report.error)}]", width="stretch")
        if report.fix is not None:
            st.button(
                str(report.fix.title),
                key=f"train/fix/{key}",
                icon=":material/build:",
                on_click=edit,
                args=(fixed, row, report.fix),
            )
