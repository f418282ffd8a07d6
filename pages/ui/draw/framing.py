"""X-ray of the framing: the drawing after each step, a switch for each, and what each step is worth.

Owns the layout of this view; the steps are `lab.ink`'s, the answers the model's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lab.figures.draw.probabilities import probabilities_data, probabilities_figure
from lab.figures.pixels import Rgba, ink_picture, signed_picture, with_box
from lab.ink.framing import BOX, SIDE, STEPS, Stage, frame
from lab.models.wording import refusal_in_words
from lab.texts import text
from pages.ui.draw.sheet import Sheet
from pages.ui.kit.figure import Panel, is_dark, show_figures

if TYPE_CHECKING:
    from lab.models.answers import Prediction
    from lab.models.loading import Model

PLAIN = frozenset(step.name for step in STEPS) - {"normalise"}
_INSET = (SIDE - BOX) / 2 / SIDE


def framing_view(now: Sheet, model: Model, title: str) -> None:
    """The six pictures with their switches, and the probabilities with and without."""
    from lab.models.answers import answers

    st.markdown(text("draw.framing.why", box=(BOX, BOX), side=(SIDE, SIDE)))
    off = frozenset(step.name for step in STEPS if not st.session_state.get(_switch_key(step.name), True))
    variants = [frozenset[str](), off or PLAIN, *(off ^ {step.name} for step in STEPS)]
    framings = [
        frame(now.source, off=v, normalisation=model.spec.data.normalisation, stages=v == off)
        for v in variants
    ]
    full, other, *single = answers(model, framings)
    shown = framings[0] if not off else framings[1]

    grid = st.grid(6, min_column_width=150)
    for index, stage in enumerate(shown.stages):
        with grid.cell():
            st.markdown(f"**{index}. {stage.title}**" if index else f"**{stage.title}**")
            st.image(_picture(stage), width="stretch", alt=text("draw.framing.picture", title=stage.title))
            if index:
                key = _switch_key(stage.name)
                st.toggle(text("draw.framing.on"), value=True, key=key, persist_state="session")
                flip = _short(single[index - 1])
                without = text("draw.framing.without_it", answer=flip)
                st.caption(without if stage.on else text("draw.framing.with_it", answer=flip))
            st.caption(str(stage.says))

    every = text("draw.framing.all_on")
    name = text("draw.framing.yours") if off else text("draw.framing.shrunk")
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        st.markdown(_sentence(every, full))
        st.markdown(_sentence(name, other))
        if not off:
            st.caption(text("draw.framing.shrunk_says", side=(SIDE, SIDE)))
        st.caption(text("draw.answers", model=title))
    with right:
        data = probabilities_data({every: full.probabilities, name: other.probabilities})
        panel = Panel("framing", text("draw.framing.bars"), probabilities_figure(data), height=300)
        show_figures([panel], key="draw/framing-bars", columns=1)


def _switch_key(name: str) -> str:
    return f"draw/framing-{name}"


def _picture(stage: Stage) -> Rgba:
    if stage.name == "normalise":
        return signed_picture(stage.picture, dark=is_dark())
    picture = ink_picture(stage.picture)
    if stage.name == "mass":
        box = (_INSET, _INSET, 1 - _INSET, 1 - _INSET)
        return with_box(picture, box, cross=True)
    return picture


def _short(found: Prediction) -> str:
    share = found.probabilities[found.digit]
    if not found.is_digit:
        return text("draw.framing.no_digit", digit=found.digit, share=share)
    return text("draw.framing.digit", digit=found.digit, share=share)


def _sentence(name: str, found: Prediction) -> str:
    share = found.probabilities[found.digit]
    if found.is_digit:
        return text("draw.framing.answer", name=name, digit=found.digit, share=share)
    reason = refusal_in_words(found.refusal)
    return text("draw.framing.refused", name=name, digit=found.digit, share=share, reason=reason)
