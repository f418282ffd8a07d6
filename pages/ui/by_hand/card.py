"""The card of the neuron or edge that was clicked.

Owns how a card is laid out. Knows no arithmetic.
"""

from __future__ import annotations

import streamlit as st

from lab.by_hand.cards import Card, card
from lab.by_hand.digits import factor, tex
from lab.by_hand.formulas import Line
from lab.by_hand.lesson import Lesson
from lab.texts import text
from pages.ui.by_hand import state
from pages.ui.by_hand.lesson import aligned, one_row, sentence


def selected_card(lesson: Lesson, name: str) -> None:
    """Shows the card of the selected element, with a button that closes it."""
    shown = card(lesson, name)
    with st.container(border=True, key="by_hand/card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"#### {shown.title}", width="stretch")
            st.button(
                "",
                icon=":material/close:",
                key="by_hand/close",
                on_click=_close,
                help=text("by_hand_page.card.close"),
            )
        st.markdown(str(shown.text))
        _lines(text("by_hand_page.card.forward"), shown.forward)
        _lines(text("by_hand_page.card.backward"), shown.backward)
        _paths(shown)


def _close() -> None:
    state.change(selected="")


def _lines(title: str, lines: tuple[Line, ...]) -> None:
    if lines:
        st.caption(title)
        st.latex(aligned([one_row(line, rows=True) for line in lines]))
        for line in lines:
            if line.remark:
                st.caption(sentence(line.remark))


def _paths(shown: Card) -> None:
    """Each path of the chain rule as one row, and their sum."""
    if not shown.paths:
        return
    st.caption(text("by_hand_page.card.paths", quantity=shown.paths_to))
    rows = [
        rf"\text{{{path.via}}}: &\; {path.incoming} \cdot {path.local.split('=')[0].strip()} "
        rf"= {factor(path.incoming_value)} \cdot {factor(path.local_value)} = {tex(path.value)}"
        for path in shown.paths
    ]
    total = text("by_hand_page.card.sum")
    rows.append(rf"\textbf{{{total}}}: &\; {shown.paths_to} = {tex(shown.total)}")
    st.latex(r"\begin{aligned} " + r" \\[0.5em] ".join(rows) + r" \end{aligned}")
