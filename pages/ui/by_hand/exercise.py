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
from pages.ui.by_hand import state
from pages.ui.by_hand.lesson import formula, formula_card, three_forms
from pages.ui.kit.controls import showing

_ANSWERS, _TOLERANCE = "by_hand/answers", "by_hand/tolerance"
_TOLERANCE_TITLES = {"exact": "Four digits", "close": "1 %", "rough": "5 %"}


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
            st.info("Every value is hidden. Go to the next step and type what you find.")
        return
    answer = answers().get(line.name, Answer())
    st.markdown(f"#### {step.title}")
    if answer.done:
        st.success("Right." if answer.right else "Shown.", icon=":material/check:" if answer.right else None)
        three_forms(line)
        if step.text and line.name == "new_J":
            st.markdown(step.text)
    else:
        _ask(line.name, f"{line.left} = {line.symbols}", line.left, answer)
    count = score(shown, answers())
    st.caption(f"{count.right} of {count.questions} right, {count.shown} shown")


def _ask(name: str, asked: str, left: str, answer: Answer) -> None:
    st.caption("Formula")
    formula(asked, "by_hand/asked")
    with st.form(f"by_hand/ask-{name}", border=False, enter_to_submit=True):
        st.text_input(
            f"Your value of ${left}$", key=f"by_hand/typed-{name}", placeholder="a number such as -0.285"
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                "Check", type="primary", icon=":material/check:", on_click=_check, args=(name,)
            )
            st.form_submit_button("Show the value", on_click=_reveal, args=(name,))
    said = st.session_state.pop("by_hand/answer-said", "")
    if said:
        st.error(said)
    elif answer.tries and answer.typed is not None:
        st.error(f"{four(answer.typed)} is not right. Try again.", icon=":material/close:")
        for mistake in answer.mistakes[:2]:
            st.warning(f"**{mistake.name[:1].upper()}{mistake.name[1:]}?** {mistake.sentence}")
        if not answer.mistakes:
            st.caption("None of the usual mistakes leads to this number. Check each product, then the sum.")


def _check(name: str) -> None:
    try:
        typed = read_number(st.session_state[f"by_hand/typed-{name}"], "your value")
    except SpecError as error:
        st.session_state["by_hand/answer-said"] = f"{error}."
        return
    setting, kept = state.now(), answers()
    asked = state.current_lesson()
    kept[name] = answered(asked, kept.get(name, Answer()), name, typed, TOLERANCES[setting.tolerance])


def _reveal(name: str) -> None:
    kept = answers()
    kept[name] = replace(kept.get(name, Answer()), shown=True)


def hidden_notice(what: str) -> bool:
    """Says, in exercise mode, that a tab would give the answers away; True when it did."""
    if state.now().exercise:
        st.info(
            f"{what} would give the answers away. Leave the exercise to see it.",
            icon=":material/visibility_off:",
        )
        return True
    return False


def exercise() -> None:
    """The tab: turns the exercise on, sets it, and shows the score."""
    setting = state.now()
    st.markdown(
        "The numbers are hidden; at each step you type the value. What is wrong is diagnosed from the same trace. "
        "A seed gives other numbers: the same link with another seed makes one exercise for each student."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if setting.exercise:
            st.button("Leave the exercise", icon=":material/logout:", on_click=_turn, args=(False,))
        else:
            st.button(
                "Start the exercise", type="primary", icon=":material/edit:", on_click=_turn, args=(True,)
            )
        st.segmented_control(
            "Right within",
            tuple(TOLERANCES),
            format_func=_TOLERANCE_TITLES.__getitem__,
            key=showing(_TOLERANCE, setting.tolerance),
            on_change=_tolerate,
            required=True,
        )
    st.caption(
        "Class set: choose a seed under Parameters (or write `seed=7` into the link), and share the link of this page. "
        "Right means within the tolerance, or within 0.00005."
    )
    if not setting.exercise:
        return
    shown = lesson(state.points()[-1], setting.optimizer, "value")
    count = score(shown, answers())
    with st.container(horizontal=True):
        st.metric("Right", f"{count.right} of {count.questions}")
        st.metric("At the first try", count.at_once)
        st.metric("Shown", count.shown)
    st.progress((count.right + count.shown) / max(count.questions, 1))
    st.button("Start again", icon=":material/replay:", on_click=_again)
    missed = [name for name in questions(shown) if (a := answers().get(name)) and not a.right]
    if missed:
        names = ", ".join(f"${symbol(shown.trace.example, name)}$" for name in missed)
        st.markdown(f"To look at again: {names}")


def _tolerate() -> None:
    state.change(tolerance=st.session_state[_TOLERANCE] or "close")


def _turn(on: bool) -> None:
    state.change(exercise=on, step=1, selected="")


def _again() -> None:
    answers().clear()
    state.change(step=1)
