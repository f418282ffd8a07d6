"""Exercise mode: the card that asks for a value, and the tab that sets the exercise and keeps its score.

Owns their layout and the session's answers. What is right and what went wrong belongs to `lab.by_hand`.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lab.by_hand.digits import four, read_number
from lab.by_hand.exercise import Answer, answered, questions, score
from lab.by_hand.lesson import Lesson, LessonStep, lesson
from lab.by_hand.notation import symbol
from lab.by_hand.setting import TOLERANCES
from lab.registry import SpecError
from lab.texts import Text, text
from lab.texts.formats import whole_percent
from pages.ui.by_hand import state
from pages.ui.by_hand.lesson import formula, formula_card, sentence, three_forms
from pages.ui.kit.echo import showing, when_edited

_ANSWERS, _TOLERANCE = "by_hand/answers", "by_hand/tolerance"


def answers() -> dict[str, Answer]:
    """The answers to the present network; other numbers start afresh."""
    setting = state.now()
    key = (setting.example, setting.optimizer, setting.taken)
    kept = st.session_state.get(_ANSWERS)
    if kept is None or kept[0] != key:
        kept = st.session_state[_ANSWERS] = (key, {})
    found: dict[str, Answer] = kept[1]
    return found


def known() -> frozenset[str]:
    """The names of the values that the student has found or been shown."""
    return frozenset(name for name, answer in answers().items() if answer.done)


def question_card(shown: Lesson, step: LessonStep) -> None:
    """The formula card of a step whose value is to be found."""
    line = step.lines[0]
    if step.phase == "input" or line.value is None:
        formula_card(shown, step)
        if step.phase == "input":
            st.info(text("by_hand_page.exercise.begin"))
        return
    answer = answers().get(line.name, Answer())
    st.markdown(f"#### {step.title}")
    if answer.done:
        if answer.right:
            st.success(text("by_hand_page.exercise.right"), icon=":material/check:")
        else:
            st.success(text("by_hand_page.exercise.shown"))
        three_forms(line)
        if step.text and line.name == "new_J":
            st.markdown(str(step.text))
    else:
        _ask(line.name, f"{line.left} = {line.symbols}", line.left, answer)
    count = score(shown, answers())
    st.caption(text("by_hand_page.exercise.score", right=count.right, all=count.questions, shown=count.shown))


def _ask(name: str, asked: str, left: str, answer: Answer) -> None:
    st.caption(text("by_hand_page.lesson.formula"))
    formula(asked, "by_hand/asked")
    with st.form(f"by_hand/ask-{name}", border=False, enter_to_submit=True):
        st.text_input(
            text("by_hand_page.exercise.your_value_of", quantity=left),
            key=f"by_hand/typed-{name}",
            placeholder=text("by_hand_page.exercise.such_as"),
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                text("by_hand_page.exercise.check"),
                type="primary",
                icon=":material/check:",
                on_click=_check,
                args=(name,),
            )
            st.form_submit_button(text("by_hand_page.exercise.reveal"), on_click=_reveal, args=(name,))
    mistyped = st.session_state.pop("by_hand/answer-said", "")
    if mistyped:
        st.error(mistyped)
    elif answer.tries and answer.typed is not None:
        st.error(text("by_hand_page.exercise.wrong", value=four(answer.typed)), icon=":material/close:")
        for mistake in answer.mistakes[:2]:
            name = str(mistake.name)
            title = name[:1].upper() + name[1:]
            st.warning(text("by_hand_page.exercise.mistake", name=title, sentence=mistake.sentence))
        if not answer.mistakes:
            st.caption(text("by_hand_page.exercise.no_mistake"))


def _check(name: str) -> None:
    try:
        given = st.session_state[f"by_hand/typed-{name}"]
        typed = read_number(given, text("by_hand_page.exercise.your_value"))
    except SpecError as error:
        st.session_state["by_hand/answer-said"] = sentence(error)
        return
    setting, kept = state.now(), answers()
    asked = state.current_lesson()
    kept[name] = answered(asked, kept.get(name, Answer()), name, typed, TOLERANCES[setting.tolerance])


def _reveal(name: str) -> None:
    kept = answers()
    kept[name] = replace(kept.get(name, Answer()), shown=True)


def hidden_notice(notice: Text) -> bool:
    """Says, in exercise mode, why a tab stays hidden; True when it did."""
    if state.now().exercise:
        st.info(str(notice), icon=":material/visibility_off:")
        return True
    return False


def exercise() -> None:
    """The tab: turns the exercise on, sets it, and shows the score."""
    setting = state.now()
    st.markdown(text("by_hand_page.exercise.intro"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if setting.exercise:
            leave = text("by_hand_page.exercise.leave")
            st.button(leave, icon=":material/logout:", on_click=_turn, args=(False,))
        else:
            st.button(
                text("by_hand_page.exercise.start"),
                type="primary",
                icon=":material/edit:",
                on_click=_turn,
                args=(True,),
            )
        st.segmented_control(
            text("by_hand_page.exercise.within"),
            tuple(TOLERANCES),
            format_func=_tolerance_title,
            key=showing(_TOLERANCE, setting.tolerance),
            on_change=when_edited(_TOLERANCE, _tolerate),
            required=True,
        )
    st.caption(text("by_hand_page.exercise.class_set"))
    if not setting.exercise:
        return
    shown = lesson(state.points()[-1], setting.optimizer, "value")
    count = score(shown, answers())
    with st.container(horizontal=True):
        right_of = text("by_hand_page.exercise.right_of", right=count.right, all=count.questions)
        st.metric(text("by_hand_page.exercise.count_right"), right_of)
        st.metric(text("by_hand_page.exercise.count_at_once"), count.at_once)
        st.metric(text("by_hand_page.exercise.count_shown"), count.shown)
    st.progress((count.right + count.shown) / max(count.questions, 1))
    st.button(text("by_hand_page.exercise.again"), icon=":material/replay:", on_click=_again)
    missed = [name for name in questions(shown) if (a := answers().get(name)) and not a.right]
    if missed:
        names = [f"${symbol(shown.trace.example, name)}$" for name in missed]
        st.markdown(text("by_hand_page.exercise.missed", names=names))


def _tolerance_title(name: str) -> str:
    return text("by_hand_page.exercise.four_digits") if name == "exact" else whole_percent(TOLERANCES[name])


def _tolerate() -> None:
    state.change(tolerance=st.session_state[_TOLERANCE] or "close")


def _turn(on: bool) -> None:
    state.change(exercise=on, step=1, selected="")


def _again() -> None:
    answers().clear()
    state.change(step=1)
