"""Look inside: this drawing's way through the network, the pixels that spoke, and what it resembles.

Owns the layout of this view; everything shown is computed by `lab.explain`, after the pen is up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from lab.figures.pixels import Rgba, ink_picture, signed_picture, strip_picture, tiled_picture
from lab.ink.framing import Framing, frame
from lab.paths import lab_home
from pages.ui.draw.live import no_digit
from pages.ui.draw.sheet import Sheet
from pages.ui.kit.figure import is_dark

if TYPE_CHECKING:
    from lab.explain.layer_outputs import LayerActivity
    from lab.explain.neurons import Neuron
    from lab.models.loading import Model

VIEWS = {
    "pixels": "Which pixels spoke",
    "layers": "Layer by layer",
    "neighbours": "Nearest training images",
    "neurons": "Strongest neurons",
}


def inside_view(now: Sheet, model: Model, title: str) -> None:
    """One of four looks into the network with this drawing in it."""
    framing = frame(now.source, normalisation=model.spec.data.normalisation)
    view = st.segmented_control(
        "Look at",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        default="pixels",
        required=True,
        key="draw/inside-view",
        persist_state="session",
        label_visibility="collapsed",
    )
    {"pixels": _pixels, "layers": _layers, "neighbours": _neighbours, "neurons": _neurons}[view](
        model, framing
    )
    st.caption(f"Inside {title}. Blue is positive, orange is negative; the stronger the colour, the larger.")


def _pixels(model: Model, framing: Framing) -> None:
    from lab.explain.attribution import IG_ERROR, METHODS, attribution
    from lab.models.answers import answer

    found = answer(model, framing)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    digit = left.segmented_control(
        "Why this digit, or why not?",
        list(range(10)),
        format_func=lambda d: f"Why {d}?" if d == found.digit else str(d),
        default=found.digit,
        required=True,
        key=f"draw/inside-digit-{found.digit}",
    )
    method = right.selectbox(
        "Method",
        list(METHODS),
        format_func=lambda name: str(METHODS[name]),
        key="draw/inside-method",
        persist_state="session",
        help="Input x gradient multiplies each pixel by the slope of the digit's score. Integrated gradients "
        "add up these slopes on the way from an empty picture to the drawing: their sum is the difference of "
        f"the two scores, to about {IG_ERROR:g}.",
    )
    assert digit is not None
    if not found.is_digit:
        st.warning(no_digit(found), icon=":material/help:")
    rival = None if digit == found.digit else found.digit
    spoke = attribution(model, framing, digit, method, rival)
    whom = f"{digit}" if rival is None else f"{digit} rather than {rival}"
    grid = st.grid(3, min_column_width=220)
    with grid.cell():
        st.markdown("**What the network sees**")
        st.image(ink_picture(framing.pixels, 336), width="stretch", alt="The framed drawing, 28 x 28")
    with grid.cell():
        st.markdown(f"**For and against {whom}**")
        st.image(
            signed_picture(spoke, 336, paper=True, dark=is_dark()),
            width="stretch",
            alt=f"Pixels for and against {whom}",
        )
    with grid.cell():
        st.metric(f"Probability of {digit}", f"{100 * found.probabilities[digit]:.1f} %")
        score = f"the score of {digit}" if rival is None else f"the score of {digit} minus that of {rival}"
        st.markdown(
            f"Pixels for {whom}: **{float(spoke[spoke > 0].sum()):+.2f}**  \n"
            f"Pixels against: **{float(spoke[spoke < 0].sum()):+.2f}**  \n"
            f"Together: **{float(spoke.sum()):+.2f}** on {score}, counted from an empty sheet."
        )
        if rival is None:
            st.caption(f"Blue ink made the network say {digit}; orange ink spoke against it.")
        else:
            st.caption(
                f"Why not {digit}? Orange ink is what made it a {rival} instead; blue ink would suit a {digit}."
            )


def _layers(model: Model, framing: Framing) -> None:
    from lab.explain.layer_outputs import activations

    grid = st.grid(3, min_column_width=280)
    with grid.cell():
        st.markdown("**Input** · 28 x 28")
        picture = signed_picture(framing.values, 336, dark=is_dark())
        st.image(picture, width=220, alt="The normalised input")
        st.caption("The pixels after normalising.")
    layers = activations(model, framing)
    for layer in layers:
        with grid.cell():
            st.markdown(f"**{layer.title}**")
            st.image(_layer_picture(layer), width="stretch", alt=f"Activations of {layer.title}")
            st.caption(_layer_words(layer, last=layer is layers[-1]))


def _layer_picture(layer: LayerActivity) -> Rgba:
    if layer.kind == "maps":
        return tiled_picture(layer.values, dark=is_dark())
    return strip_picture(layer.values.reshape(-1), dark=is_dark())


def _layer_words(layer: LayerActivity, last: bool) -> str:
    values = layer.values
    active = float(np.mean(values != 0))
    span = f"from {float(values.min()):.2f} to {float(values.max()):.2f}"
    if last:
        return f"One score (logit) per digit, 0 to 9, {span}."
    return f"{span}; {active:.0%} are not zero." if active < 1 else f"{span}."


def _neighbours(model: Model, framing: Framing) -> None:
    from lab.explain.neighbours import compared_with, nearest_training_images
    from lab.models.loading import ModelError

    try:
        with st.spinner("Looking through the training images…"):
            near = nearest_training_images(model, framing, lab_home())
            compared = compared_with(model, lab_home())
    except ModelError as error:
        st.info(str(error), icon=":material/info:")
        return
    st.markdown(
        f"Of the first {compared:,} training images, those whose activations in the last hidden layer are closest "
        "to your drawing's: "
        "to the network these look most alike."
    )
    grid = st.grid(8, min_column_width=96)
    for neighbour in near:
        with grid.cell():
            picture = ink_picture(neighbour.image / 255.0, 112)
            st.image(picture, width="stretch", alt=f"A training image of a {neighbour.label}")
            st.markdown(f"**{neighbour.label}** · {neighbour.distance:.2f}")


def _neurons(model: Model, framing: Framing) -> None:
    from lab.explain.neurons import strongest_neurons

    strongest = strongest_neurons(model, framing, 6)
    if not strongest:
        st.info(
            "This network begins with a convolution, which looks at small patches. Choose a network with a "
            "dense first layer (the document's MLP, say) to see its neurons' pictures.",
            icon=":material/info:",
        )
        return
    st.markdown(
        "Each neuron of a dense first layer holds a picture of 28 x 28 weights, multiplies it with the "
        "drawing pixel by pixel and adds its bias. These six answered most strongly."
    )
    grid = st.grid(6, min_column_width=150)
    for neuron in strongest:
        with grid.cell():
            _neuron_card(neuron)


def _neuron_card(neuron: Neuron) -> None:
    st.markdown(f"**Neuron {neuron.index}**")
    weights, products = (signed_picture(each, dark=is_dark()) for each in (neuron.weights, neuron.products))
    st.image(weights, width="stretch", alt=f"Weights of neuron {neuron.index}")
    st.caption("weights")
    st.image(products, width="stretch", alt="Weights times pixels")
    st.caption("weights x pixels")
    total = neuron.z - neuron.bias
    st.markdown(
        f"sum {total:+.4f}  \nbias {neuron.bias:+.4f}  \n**z = {neuron.z:+.4f}**  \na = {neuron.a:+.4f}"
    )
