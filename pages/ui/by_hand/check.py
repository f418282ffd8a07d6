"""The tabs that question the numbers: three reckonings of each gradient, and the document's formulas on trial.

Owns their layout. Knows no arithmetic.
"""

from __future__ import annotations

import streamlit as st

from lab.by_hand.oracles import LEAST_WIDTHS, MOST_WIDTHS, TOLERANCE, Comparison, comparisons
from lab.by_hand.tracer import Trace
from lab.by_hand.trial import Trial
from lab.figures.by_hand.picture import label
from lab.texts import text
from pages.ui.by_hand.lesson import sentence
from pages.ui.by_hand.tables import number_cell, table, text_cell

_NO_LOSS = {"infinite": "by_hand_page.check.infinite", "undefined": "by_hand_page.check.undefined"}
AUTOGRAD = "Autograd"


def check(trace: Trace) -> None:
    """Every gradient by the chain rule, by autograd and by central difference."""
    if trace.loss is None:
        st.warning(text(_NO_LOSS[trace.state], problem=trace.problem))
        return
    with st.spinner(text("by_hand_page.check.asking")):
        found = comparisons(trace)
    wrong = [each for each in found if not each.agrees]
    parameters = len(trace.example.parameters)
    if wrong:
        st.warning(text("by_hand_page.check.wrong", n=len(wrong), all=len(found), tolerance=TOLERANCE))
        for note in dict.fromkeys(sentence(each.note) for each in wrong if each.note):
            st.markdown(note)
    else:
        st.success(
            text(
                "by_hand_page.check.right",
                n=len(found),
                tolerance=TOLERANCE,
                parameters=parameters,
                others=len(found) - parameters,
            ),
            icon=":material/check:",
        )
    rows = [
        (
            (
                text_cell(f"∂J/∂{label(trace, each.name)}"),
                number_cell(each.by_chain_rule),
                number_cell(each.by_autograd),
                number_cell(each.by_difference),
                _verdict(each),
            ),
            not each.agrees,
        )
        for each in found
    ]
    heads = (
        text("by_hand_page.check.gradient"),
        text("by_hand_page.check.chain_rule"),
        AUTOGRAD,
        text("by_hand_page.check.difference"),
        "",
    )
    left, right = st.columns(2, gap="large")
    with left:
        table(heads, rows[:parameters], text("by_hand_page.check.parameters"))
    with right:
        table(heads, rows[parameters:], text("by_hand_page.check.between"))
        st.caption(text("by_hand_page.check.explained", least=LEAST_WIDTHS, most=MOST_WIDTHS))


def _verdict(found: Comparison) -> str:
    if found.agrees:
        return text_cell(text("by_hand_page.check.agree"), found.note)
    return text_cell(text("by_hand_page.check.differ"), found.note)


def on_trial(trace: Trace) -> None:
    """The document's formulas as printed, what they give here, and what holds."""
    from lab.by_hand.errata import NOTES, trials

    st.markdown(text("by_hand_page.trial.intro"))
    with st.spinner(text("by_hand_page.check.asking")):
        found = trials(trace)
    for trial in found:
        with st.container(border=True):
            section = text("by_hand_page.trial.section", section=trial.section)
            st.markdown(f"**{section}** {_badge(trace, trial)}")
            left, right = st.columns([1, 1.15], gap="large")
            with left:
                st.caption(text("by_hand_page.trial.as_printed"))
                st.latex(trial.printed)
                st.caption(text("by_hand_page.trial.what_holds"))
                st.latex(trial.holds)
                st.markdown(str(trial.why))
                for aside in trial.asides:
                    st.caption(str(aside))
            with right:
                rows = [
                    (
                        (
                            text_cell(_readable(trace, row.name)),
                            number_cell(row.printed),
                            number_cell(row.holds),
                            number_cell(row.difference),
                            number_cell(row.by_autograd),
                            number_cell(row.by_difference),
                        ),
                        row.printed is not None and not row.agrees,
                    )
                    for row in trial.rows
                ]
                heads = (
                    "",
                    text("by_hand_page.trial.printed"),
                    text("by_hand_page.trial.right"),
                    text("by_hand_page.trial.away"),
                    AUTOGRAD,
                    text("by_hand_page.check.difference"),
                )
                table(heads, rows, text("by_hand_page.trial.table", section=trial.section))
    with st.container(border=True):
        st.markdown(f"**{text('by_hand_page.trial.elsewhere')}**")
        for note in NOTES:
            words = text(
                "by_hand_page.trial.note", section=note.section, printed=note.printed, holds=note.holds
            )
            st.markdown(f"- {words}")


def _badge(trace: Trace, trial: Trial) -> str:
    """Whether a printed formula gives what holds, as a badge of Markdown."""
    if not any(row.printed is not None for row in trial.rows):
        if trace.loss is None:
            return f":gray-badge[{text('by_hand_page.trial.nothing')}]"
        return f":orange-badge[{text('by_hand_page.trial.left_out')}]"
    compared = [row for row in trial.rows if row.printed is not None or row.holds is not None]
    if all(row.agrees for row in compared):
        return f":green-badge[{text('by_hand_page.trial.holds')}]"
    return f":orange-badge[{text('by_hand_page.trial.fails')}]"


def _readable(trace: Trace, name: str) -> str:
    return f"∂J/∂{label(trace, name[1:])}" if name != "J" else "J"
