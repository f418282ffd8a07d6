"""The by-hand page: a small network, every number of it, one step at a time."""

from __future__ import annotations

import streamlit as st

from lab.figures.look import css
from lab.texts import said, text
from pages.ui.by_hand import state
from pages.ui.by_hand.card import selected_card
from pages.ui.by_hand.check import check, on_trial
from pages.ui.by_hand.choices import choices, draw, loss_problem
from pages.ui.by_hand.exercise import exercise, hidden_notice, known, question_card
from pages.ui.by_hand.export import export
from pages.ui.by_hand.lesson import formula_card
from pages.ui.by_hand.numbers import numbers
from pages.ui.by_hand.picture import picture
from pages.ui.by_hand.tabs import tabs
from pages.ui.by_hand.training import training
from pages.ui.kit.component import page_style
from pages.ui.kit.entry import through_app


@st.fragment
def stage() -> None:
    """The picture and the formula of its step; moving through the lesson runs only this."""
    state.write_address()
    setting, lesson = state.now(), state.current_lesson()
    step = lesson.steps[min(setting.step, len(lesson.steps)) - 1]
    left, right = (st.container(), st.container()) if setting.large else st.columns([1.75, 1], gap="medium")
    with left:
        picture(setting, lesson, known() if setting.exercise else None)
    with right:
        with st.container(border=True, key="by_hand/formula"):
            (question_card if setting.exercise else formula_card)(lesson, step)
        if setting.selected and not setting.exercise:
            selected_card(lesson, setting.selected)


through_app()
st.title(text("by_hand.page"))
st.caption(text("by_hand_page.caption"))
page_style("by_hand/page", off=css("orange", 0.13))
state.follow_address()
state.ADDRESS.notice()
with st.container(key="by_hand/choices"):
    choices()
now = state.points()[-1].trace
loss_problem(now)
stage()

parameters_tab, check_tab, trial_tab, exercise_tab, training_tab, export_tab = tabs()
if parameters_tab.open:
    with parameters_tab:
        numbers(now)
        draw()
if check_tab.open:
    with check_tab:
        if not hidden_notice(said("by_hand_page.hidden.check")):
            check(now)
if trial_tab.open:
    with trial_tab:
        if not hidden_notice(said("by_hand_page.hidden.trial")):
            on_trial(now)
if exercise_tab.open:
    with exercise_tab:
        exercise()
if training_tab.open:
    with training_tab:
        if not hidden_notice(said("by_hand_page.hidden.training")):
            training()
if export_tab.open:
    with export_tab:
        if not hidden_notice(said("by_hand_page.hidden.export")):
            export(state.current_lesson())
