"""The by-hand page: a small network, every number of it, one step at a time."""

from __future__ import annotations

import streamlit as st

from pages.ui import by_hand_state
from pages.ui.by_hand_lesson import formula_card
from pages.ui.by_hand_picture import picture
from pages.ui.entry import through_app

through_app()
st.title("By hand")
st.caption("A small network, forward and backward, with every number written out.")

for problem in by_hand_state.arrive():
    st.warning(problem)


@st.fragment
def stage() -> None:
    """The picture and the formula of its step; moving through the lesson runs only this."""
    by_hand_state.write_address()
    setting, lesson = by_hand_state.now(), by_hand_state.current_lesson()
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        picture(setting, lesson, None)
    with right, st.container(border=True, key="by_hand_formula"):
        formula_card(lesson, lesson.steps[min(setting.step, len(lesson.steps)) - 1])


stage()
