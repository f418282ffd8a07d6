"""Several digits at once: a number across a wide canvas, split into digits and read as a whole.

Owns the layout of this view; splitting and answering is `lab.models.answers`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lab.figures.draw.several import several_data, several_figure
from lab.ink.drawing import Drawing, Ink, InkError
from lab.models.wording import refusal_in_words
from lab.texts import text
from pages.ui.draw.canvas import wide_canvas
from pages.ui.draw.sheet import sheet
from pages.ui.kit.figure import Panel, is_dark, show_figures

if TYPE_CHECKING:
    from lab.models.loading import Model

_RECORD_KEY = "draw/wide-record"
_INITIAL_KEY = "draw/wide-initial"
CANVAS_KEY = "draw/wide"
MOST_DIGITS = 40


def several_view(model: Model, title: str) -> None:
    """The canvas, and below it what was read."""
    st.markdown(text("draw.several.write"))
    now = sheet()
    source: Drawing | Ink
    if now.picture is not None and st.toggle(text("draw.several.from_picture"), key="draw/wide-from-picture"):
        source = now.picture.ink
    else:
        # What restores the canvas must not change while it is shown, or it would be redrawn under the pen.
        if CANVAS_KEY not in st.session_state:
            st.session_state[_INITIAL_KEY] = st.session_state.get(_RECORD_KEY)
        try:
            source, record = wide_canvas(CANVAS_KEY, st.session_state.get(_INITIAL_KEY))
        except InkError as error:
            st.error(str(error), icon=":material/error:")
            return
        if record is not None:
            st.session_state[_RECORD_KEY] = record
        st.caption(text("draw.several.tools"))
    _reading(source, model, title)


def _reading(source: Drawing | Ink, model: Model, title: str) -> None:
    from lab.models.answers import read_number

    read = read_number(model, source)[:MOST_DIGITS]
    if not read:
        st.info(text("draw.several.nothing"), icon=":material/draw:")
        return
    found = [answer for _, answer in read]
    words = [str(answer.digit) if answer.is_digit else "?" for answer in found]
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.metric(text("draw.several.read"), "".join(words))
    sure = [answer.probabilities[answer.digit] for answer in found if answer.is_digit]
    if sure:
        left.caption(text("draw.several.least", share=min(sure), model=title))
    else:
        left.caption(text("draw.answers", model=title))
    for position, answer in enumerate(found, start=1):
        if not answer.is_digit:
            reason = refusal_in_words(answer.refusal)
            left.caption(text("draw.several.piece", position=position, reason=reason))
    data = several_data(source, zip((glyph.box for glyph, _ in read), words, strict=True))
    found_in_words = text("draw.several.figure", digits=" ".join(words))
    panel = Panel("several", found_in_words, several_figure(data, is_dark()), 280)
    with right:
        show_figures([panel], key="draw/several-figure", columns=1)
