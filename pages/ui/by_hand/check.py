"""The tabs that question the numbers: three reckonings of each gradient, and the document's formulas on trial.

Owns their layout. Knows no arithmetic.
"""

from __future__ import annotations

import streamlit as st

from lab.by_hand.oracles import LEAST_WIDTHS, MOST_WIDTHS, TOLERANCE, comparisons
from lab.by_hand.tracer import Trace
from lab.figures.by_hand.picture import label
from pages.ui.by_hand.tables import number_cell, table, text_cell


def check(trace: Trace) -> None:
    """Every gradient by the chain rule, by autograd and by central difference."""
    if trace.loss is None:
        st.warning(f"The loss is {trace.state}, so there are no gradients to compare. {trace.problem}.")
        return
    with st.spinner("Asking autograd for a second opinion"):
        found = comparisons(trace)
    wrong = [each for each in found if not each.agrees]
    if wrong:
        st.warning(f"{len(wrong)} of {len(found)} gradients do not agree to {TOLERANCE:g}.")
        for note in dict.fromkeys(each.note for each in wrong if each.note):
            st.markdown(f"{note[:1].upper()}{note[1:]}.")
    else:
        st.success(
            f"All {len(found)} gradients agree to {TOLERANCE:g} in float64: {len(trace.example.parameters)} of "
            f"parameters, {len(found) - len(trace.example.parameters)} on the way.",
            icon=":material/check:",
        )
    rows = [
        (
            (
                text_cell(f"∂J/∂{label(trace, each.name)}"),
                number_cell(each.by_chain_rule),
                number_cell(each.by_autograd),
                number_cell(each.by_difference),
                text_cell("✓ agree" if each.agrees else "✗ differ", each.note),
            ),
            not each.agrees,
        )
        for each in found
    ]
    parameters = len(trace.example.parameters)
    heads = ("Gradient", "Chain rule", "Autograd", "Central difference", "")
    left, right = st.columns(2, gap="large")
    with left:
        table(heads, rows[:parameters], "Gradients of the parameters")
    with right:
        table(heads, rows[parameters:], "Gradients of z and a")
        st.caption(
            "Chain rule: the products of this page. Autograd: torch in float64. Central difference: the loss a "
            f"little above and a little below, at {LEAST_WIDTHS} to {MOST_WIDTHS} widths, each half of the one "
            "before, and from there to width zero. Full values on hover."
        )


def on_trial(trace: Trace) -> None:
    """The document's formulas as printed, what they give here, and what holds."""
    from lab.by_hand.errata import NOTES, trials

    st.markdown(
        "Several formulas of the document's section 4 do not hold as printed. Each is put to the test with the "
        "present weights, activations and loss."
    )
    with st.spinner("Asking autograd for a second opinion"):
        found = trials(trace)
    for trial in found:
        compared = [row for row in trial.rows if row.printed is not None or row.holds is not None]
        holds = bool(compared) and all(row.agrees for row in compared)
        with st.container(border=True):
            verdict = ":green-badge[holds here]" if holds else ":orange-badge[does not hold here]"
            if not any(row.printed is not None for row in trial.rows):
                verdict = (
                    ":gray-badge[nothing to compare here]"
                    if trace.loss is None
                    else ":orange-badge[left out]"
                )
            st.markdown(f"**Section {trial.section}** {verdict}")
            left, right = st.columns([1, 1.15], gap="large")
            with left:
                st.caption("As printed")
                st.latex(trial.printed)
                st.caption("What holds")
                st.latex(trial.holds)
                st.markdown(trial.why)
                for aside in trial.asides:
                    st.caption(aside)
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
                heads = ("", "Printed", "Holds", "Difference", "Autograd", "Central difference")
                table(heads, rows, f"Section {trial.section}: printed against what holds")
    with st.container(border=True):
        st.markdown("**Elsewhere in the document**")
        for note in NOTES:
            st.markdown(f"- Section {note.section}. *Printed:* {note.printed} *Holds:* {note.holds}")


def _readable(trace: Trace, name: str) -> str:
    return f"∂J/∂{label(trace, name[1:])}" if name != "J" else "J"
