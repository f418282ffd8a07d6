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

    st.markdown(
        "A network only knows pictures made like its training data. MNIST's digits were cut out, scaled into "
        "20 x 20 pixels and laid with their centre of mass on the middle of 28 x 28. "
        "Switch a step off and see what the network makes of it."
    )
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
            st.image(_picture(stage), width="stretch", alt=f"The drawing after the step {stage.title}")
            if index:
                st.toggle("On", value=True, key=_switch_key(stage.name), persist_state="session")
                flip = single[index - 1]
                st.caption(f"{'Without' if stage.on else 'With'} it: **{_short(flip)}**")
            st.caption(stage.says)

    name = "With your switches" if off else "Merely shrunk"
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        st.markdown(f"**All steps on**: {_sentence(full)}")
        st.markdown(f"**{name}**: {_sentence(other)}")
        if not off:
            st.caption("Merely shrunk: the whole canvas scaled to 28 x 28, as most demonstrations do it.")
        st.caption(f"{title} answers.")
    with right:
        data = probabilities_data({"All steps on": full.probabilities, name: other.probabilities})
        words = "Probabilities of the ten digits, with all steps and without"
        panel = Panel("framing", words, probabilities_figure(data), height=300)
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
    sure = f"{found.probabilities[found.digit]:.0%}"
    return f"{found.digit}, {sure}" if found.is_digit else f"no digit ({found.digit}, {sure})"


def _sentence(found: Prediction) -> str:
    sure = f"{100 * found.probabilities[found.digit]:.1f} %"
    return f"{found.digit} with {sure}. {refusal_in_words(found.refusal)}".strip()
