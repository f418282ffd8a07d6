"""The formula card beside the picture: each step's formula in symbols, in numbers, and its result.

Owns how a step is written out. Knows no arithmetic.
"""

from __future__ import annotations

import streamlit as st

from lab.by_hand.digits import full
from lab.by_hand.formulas import GIVEN, Line
from lab.by_hand.lesson import Lesson, LessonStep, state_lines
from lab.by_hand.notation import plain
from lab.by_hand.update import HandUpdate
from lab.figures.by_hand.picture import label
from lab.texts import said, text
from pages.ui.by_hand.tables import number_cell, table, text_cell

WIDEST_ROW = 60
_FORMS = {
    "formula": said("by_hand_page.lesson.formula"),
    "numbers": said("by_hand_page.lesson.numbers"),
    "result": said("by_hand_page.lesson.result"),
}


def sentence(words: object) -> str:
    """What stands in brackets elsewhere, as a sentence of its own."""
    phrase = str(words)
    return text("by_hand_page.sentence", words=phrase[:1].upper() + phrase[1:])


def aligned(rows: list[str]) -> str:
    """Formulas one below the other, aligned at their first equals sign."""
    body = r" \\[0.6em] ".join(row.replace("=", "&=", 1) for row in rows)
    return rf"\begin{{aligned}} {body} \end{{aligned}}"


def formula(row: str, key: str) -> None:
    """One formula as large as its longest row allows; `key` names its place."""
    # A derivative is written as a fraction: less wide than its plain text.
    longest = max(len(plain(part).replace("dJ/d", "").replace("yhat", "y")) for part in row.split(r"\\"))
    size = "" if longest <= 38 else "_wide" if longest <= 52 else "_widest"
    with st.container(key=f"{key}{size}"):
        st.latex(aligned([row]))


def three_forms(shown: Line) -> None:
    """One quantity three times: symbols, numbers, result; the full value below."""
    for (name, title), right in zip(
        _FORMS.items(), (shown.symbols, shown.numbers, shown.result), strict=True
    ):
        st.caption(str(title))
        row = right if right == shown.left else f"{shown.left} = {right}"
        formula(row, f"by_hand/written-{name}")
    if shown.value is not None:
        st.caption(text("by_hand_page.lesson.full", value=full(shown.value)))
    if shown.remark:
        st.info(sentence(shown.remark))


def one_row(shown: Line, rows: bool = False) -> str:
    """One quantity with symbols, numbers and result in a row, or in one row for each where that is too wide."""
    given = shown.symbols == GIVEN or shown.symbols == shown.numbers
    parts = [] if given else [shown.symbols, shown.numbers]
    parts = [part for part in parts if part not in (shown.left, shown.result)]
    wide = rows and sum(map(len, parts)) > WIDEST_ROW
    joint = r" \\ &= " if wide else " = "
    return f"{shown.left} = {joint.join([*parts, shown.result])}"


def formula_card(lesson: Lesson, step: LessonStep) -> None:
    """The card of one step."""
    st.markdown(f"#### {step.title}")
    if step.text:
        st.markdown(str(step.text))
    if len(step.lines) == 1 and step.lines[0].symbols != GIVEN:
        for update in step.updates:
            _state_rows(lesson, update)
        three_forms(step.lines[0])
    elif step.updates and (step.updates[0].state or len(step.updates) > 5):
        _update_table(lesson, step)
    else:
        with st.container(key="by_hand/lines"):
            st.latex(aligned([one_row(shown, rows=True) for shown in step.lines]))


def _state_rows(lesson: Lesson, update: HandUpdate) -> None:
    """The formulas of the optimizer's state, before the one of the parameter."""
    rows = [
        rf"{symbols} \\ &= {numbers.replace(' = ', ' = ')}"
        for symbols, numbers in state_lines(lesson.trace.example, update)
    ]
    if rows:
        st.caption(text("by_hand_page.lesson.state"))
        with st.container(key="by_hand/state"):
            st.latex(aligned(rows))


def _update_table(lesson: Lesson, step: LessonStep) -> None:
    """Each parameter of the step in a row: before, gradient, state, after; the formula once above."""
    st.latex(aligned(step.formula.split(r", \quad ")))
    keeps = tuple(step.updates[0].new_state)
    heads = (
        "",
        text("by_hand_page.lesson.before"),
        text("by_hand_page.lesson.gradient"),
        *(f"{name}'" for name in keeps),
        text("by_hand_page.lesson.after"),
    )
    rows = [
        (
            (
                text_cell(label(lesson.trace, update.name)),
                number_cell(update.before),
                number_cell(update.grad),
                *(number_cell(update.new_state[name]) for name in keeps),
                number_cell(update.after),
            ),
            False,
        )
        for update in step.updates
    ]
    table(heads, rows, str(step.title))
    st.caption(text("by_hand_page.lesson.finer"))
