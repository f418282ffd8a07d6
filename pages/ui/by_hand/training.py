"""The tab that trains on the one sample: steps, the loss curve, each parameter before and after.

Owns its layout. Knows no arithmetic.
"""

from __future__ import annotations

import streamlit as st

from lab.by_hand.digits import four
from lab.by_hand.setting import MOST_TAKEN
from lab.figures.by_hand.curve import descent_data, descent_figure
from lab.figures.by_hand.picture import label
from lab.texts.formats import noun, number
from pages.ui.by_hand import state
from pages.ui.by_hand.choices import optimizer_options
from pages.ui.by_hand.tables import number_cell, table, text_cell
from pages.ui.kit.figure import Panel, show_figures


def training() -> None:
    """Takes steps of training and shows what they did."""
    optimizer_options()
    setting, points = state.now(), state.points()
    with st.container(horizontal=True, vertical_alignment="center"):
        for count in (1, 10, 100):
            st.button(
                f"{number(count)} {noun(count, ('step', 'steps'))}",
                icon=":material/fast_forward:",
                key=f"by_hand/take-{count}",
                on_click=_take,
                args=(count,),
                disabled=setting.taken >= MOST_TAKEN or points[-1].trace.loss is None,
            )
        st.button(
            "Back to the start",
            icon=":material/replay:",
            on_click=_back,
            disabled=setting.taken == 0,
            key="by_hand/take-back",
        )
        log = st.toggle("Log axis", key="by_hand/log")
    first, last = points[0].trace, points[-1].trace
    if last.loss is None:
        st.warning(f"After {points[-1].taken} steps the loss is {last.state}. {last.problem}.")
    if points[-1].taken < setting.taken:
        st.warning(
            f"Training stopped at step {points[-1].taken} of {setting.taken}: the next step leads out of the "
            "allowed numbers or to a loss that is not finite. A smaller learning rate may help."
        )
    elif setting.taken >= MOST_TAKEN:
        st.caption(f"{MOST_TAKEN} steps are the most that this page takes.")
    if len(points) == 1:
        st.caption("No step taken yet. The picture and the lesson follow each step you take.")
        return
    if last.loss is not None and first.loss is not None:
        st.markdown(
            f"Loss after {points[-1].taken} steps: **{four(last.loss)}** (at the start {four(first.loss)})."
        )
    left, right = st.columns([1, 1], gap="large")
    with left:
        figure = descent_figure(descent_data(points), log)
        panel = Panel("descent", "The loss at each training step", figure, height=300)
        show_figures([panel], key="by_hand/curve", columns=1)
    with right:
        before, after, keeps = first.example.parameters, last.example.parameters, optimizer_keeps()
        states = points[-1].states
        rows = [
            (
                (
                    text_cell(label(last, name)),
                    number_cell(before[name]),
                    number_cell(after[name]),
                    number_cell(after[name] - before[name]),
                    number_cell(last.grad(name)),
                    *(number_cell(states[name][kept]) for kept in keeps),
                ),
                False,
            )
            for name in before
        ]
        heads = (
            "Parameter",
            "Before",
            "After",
            "Change",
            "Gradient now",
            *(f"State {kept}" for kept in keeps),
        )
        table(heads, rows, "Each parameter before and after training")


def optimizer_keeps() -> tuple[str, ...]:
    """The names of the numbers that the optimizer keeps for each parameter."""
    return state.now().optimizer.rule.by_hand.keeps


def _take(count: int) -> None:
    taken = min(state.points()[-1].taken + count, MOST_TAKEN)
    state.change(taken=taken)


def _back() -> None:
    state.change(taken=0)
