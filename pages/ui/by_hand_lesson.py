"""The formula card beside the picture: each step's formula in symbols, in numbers, and its result.

Owns how a step is written out. Knows no arithmetic.
"""

from __future__ import annotations

import streamlit as st

from lab.by_hand.digits import full
from lab.by_hand.formulas import GIVEN, Line
from lab.by_hand.lesson import Lesson, LessonStep, state_lines

WIDEST_ROW = 60
LOOK = """
<style>
.st-key-by_hand_formula .katex { font-size: 1.5em }
.st-key-by_hand_formula .katex-display { margin: .2em 0; overflow-x: auto; overflow-y: hidden }
.st-key-by_hand_formula .stCaptionContainer { margin-bottom: -.6rem }
.st-key-by_hand_card .katex { font-size: 1.02em }
.st-key-by_hand_card .katex-display { overflow-x: auto; overflow-y: hidden; margin: .3em 0 }
@media (max-width: 640px) { .st-key-by_hand_formula .katex { font-size: 1.2em } }
</style>
"""


def aligned(rows: list[str]) -> str:
    """Formulas one below the other, aligned at their first equals sign."""
    body = r" \\[0.6em] ".join(row.replace("=", "&=", 1) for row in rows)
    return rf"\begin{{aligned}} {body} \end{{aligned}}"


def three_forms(shown: Line) -> None:
    """One quantity three times: symbols, numbers, result; the full value below."""
    for name, right in (("Formula", shown.symbols), ("Numbers", shown.numbers), ("Result", shown.result)):
        st.caption(name)
        st.latex(aligned([f"{shown.left} = {right}"]))
    if shown.value is not None:
        st.caption(f"Full value: `{full(shown.value)}`")
    if shown.remark:
        st.info(shown.remark[:1].upper() + shown.remark[1:] + ".")


def one_row(shown: Line, rows: bool = False) -> str:
    """One quantity with symbols, numbers and result in a row, or in one row for each where that is too wide."""
    given = shown.symbols == GIVEN or shown.symbols == shown.numbers
    parts = [] if given else [shown.symbols, *([shown.numbers] if shown.numbers != shown.result else [])]
    wide = rows and sum(map(len, parts)) > WIDEST_ROW
    joint = r" \\ &= " if wide else " = "
    return f"{shown.left} = {joint.join([*parts, shown.result])}"


def formula_card(lesson: Lesson, step: LessonStep) -> None:
    """The card of one step."""
    st.markdown(f"#### {step.title}")
    if step.text:
        st.markdown(step.text)
    if len(step.lines) == 1 and step.lines[0].symbols != GIVEN:
        if step.updates:
            for symbols, numbers in state_lines(lesson.trace.example, step.updates[0]):
                left, right = symbols.split("=", 1)
                st.latex(aligned([f"{left} = {right} = {numbers}"]))
        three_forms(step.lines[0])
        return
    st.latex(aligned([one_row(shown) for shown in step.lines]))
