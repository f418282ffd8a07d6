"""Look inside: this drawing's way through the network, the pixels that spoke, and what it resembles.

Owns the layout of this view; everything shown is computed by `lab.explain`, after the pen is up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from lab.figures.pixels import Rgba, ink_picture, signed_picture, strip_picture, tiled_picture
from lab.ink.framing import SIDE, Framing, frame
from lab.paths import lab_home
from lab.texts import said, text
from lab.texts.formats import percent
from pages.ui.draw.live import no_digit
from pages.ui.draw.sheet import Sheet
from pages.ui.kit.figure import is_dark

if TYPE_CHECKING:
    from lab.explain.layer_outputs import LayerActivity
    from lab.explain.neurons import Neuron
    from lab.ink.drawing import Ink
    from lab.models.loading import Model

VIEWS = {
    "pixels": said("draw.inside.view.pixels"),
    "layers": said("draw.inside.view.layers"),
    "neighbours": said("draw.inside.view.neighbours"),
    "neurons": said("draw.inside.view.neurons"),
}
GRID = (SIDE, SIDE)


def inside_view(now: Sheet, model: Model, title: str) -> None:
    """One of four looks into the network with this drawing in it."""
    framing = frame(now.source, normalisation=model.spec.data.normalisation)
    view = st.segmented_control(
        text("draw.inside.look"),
        list(VIEWS),
        format_func=lambda name: str(VIEWS[name]),
        default="pixels",
        required=True,
        key="draw/inside-view",
        persist_state="session",
        label_visibility="collapsed",
    )
    {"pixels": _pixels, "layers": _layers, "neighbours": _neighbours, "neurons": _neurons}[view](
        model, framing
    )
    st.caption(text("draw.inside.signs", model=title))


def _pixels(model: Model, framing: Framing) -> None:
    from lab.explain.attribution import IG_ERROR, METHODS, attribution
    from lab.models.answers import answer

    found = answer(model, framing)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    digit = left.segmented_control(
        text("draw.inside.pixels.which"),
        list(range(10)),
        format_func=lambda d: text("draw.inside.pixels.why", digit=d) if d == found.digit else str(d),
        default=found.digit,
        required=True,
        key=f"draw/inside-digit-{found.digit}",
    )
    method = right.selectbox(
        text("draw.inside.pixels.method"),
        list(METHODS),
        format_func=lambda name: str(METHODS[name]),
        key="draw/inside-method",
        persist_state="session",
        help=text("draw.inside.pixels.method_help", error=IG_ERROR),
    )
    assert digit is not None
    if not found.is_digit:
        st.warning(no_digit(found), icon=":material/help:")
    rival = None if digit == found.digit else found.digit
    spoke = attribution(model, framing, digit, method, rival)
    whom = _whom(digit, rival)
    grid = st.grid(3, min_column_width=220)
    with grid.cell():
        st.markdown(text("draw.inside.pixels.sees"))
        alt = text("draw.inside.pixels.framed", size=GRID)
        st.image(ink_picture(framing.pixels, 336), width="stretch", alt=alt)
    with grid.cell():
        st.markdown(f"**{whom}**")
        st.image(signed_picture(spoke, 336, paper=True, dark=is_dark()), width="stretch", alt=whom)
    with grid.cell():
        st.metric(text("draw.probability", digit=digit), percent(found.probabilities[digit]))
        _sums(spoke, digit, rival)


def _whom(digit: int, rival: int | None) -> str:
    if rival is None:
        return text("draw.inside.pixels.whom", digit=digit)
    return text("draw.inside.pixels.whom_rather", digit=digit, rival=rival)


def _sums(spoke: Ink, digit: int, rival: int | None) -> None:
    """What the pixels add up to, and what their colours say."""
    sums = {
        "digit": digit,
        "positive": _signed(spoke[spoke > 0].sum()),
        "negative": _signed(spoke[spoke < 0].sum()),
        "total": _signed(spoke.sum()),
    }
    if rival is None:
        st.markdown(text("draw.inside.pixels.sums", **sums))
        st.caption(text("draw.inside.pixels.colours", digit=digit))
    else:
        st.markdown(text("draw.inside.pixels.sums_rather", rival=rival, **sums))
        st.caption(text("draw.inside.pixels.colours_rather", digit=digit, rival=rival))


def _signed(value: float) -> str:
    return f"{value:+.2f}"


def _layers(model: Model, framing: Framing) -> None:
    from lab.explain.layer_outputs import activations

    grid = st.grid(3, min_column_width=280)
    with grid.cell():
        st.markdown(text("draw.inside.input", size=GRID))
        picture = signed_picture(framing.values, 336, dark=is_dark())
        st.image(picture, width=220, alt=text("draw.inside.input_alt"))
        st.caption(text("draw.inside.input_says"))
    layers = activations(model, framing)
    for layer in layers:
        with grid.cell():
            st.markdown(f"**{layer.title}**")
            alt = text("draw.inside.activations", layer=layer.title)
            st.image(_layer_picture(layer), width="stretch", alt=alt)
            st.caption(_layer_words(layer, last=layer is layers[-1]))


def _layer_picture(layer: LayerActivity) -> Rgba:
    if layer.kind == "maps":
        return tiled_picture(layer.values, dark=is_dark())
    return strip_picture(layer.values.reshape(-1), dark=is_dark())


def _layer_words(layer: LayerActivity, last: bool) -> str:
    values = layer.values
    active = float(np.mean(values != 0))
    low, high = f"{values.min():.2f}", f"{values.max():.2f}"
    if last:
        return text("draw.inside.logits", low=low, high=high)
    if active < 1:
        return text("draw.inside.span_active", low=low, high=high, share=active)
    return text("draw.inside.span", low=low, high=high)


def _neighbours(model: Model, framing: Framing) -> None:
    from lab.explain.neighbours import compared_with, nearest_training_images
    from lab.models.loading import ModelError

    try:
        with st.spinner(text("draw.inside.looking")):
            near = nearest_training_images(model, framing, lab_home())
            compared = compared_with(model, lab_home())
    except ModelError as error:
        st.info(str(error), icon=":material/info:")
        return
    st.markdown(text("draw.inside.nearest", n=compared))
    grid = st.grid(8, min_column_width=96)
    for neighbour in near:
        with grid.cell():
            picture = ink_picture(neighbour.image / 255.0, 112)
            alt = text("draw.inside.training_image", digit=neighbour.label)
            st.image(picture, width="stretch", alt=alt)
            st.markdown(f"**{neighbour.label}** · {neighbour.distance:.2f}")


def _neurons(model: Model, framing: Framing) -> None:
    from lab.explain.neurons import strongest_neurons

    strongest = strongest_neurons(model, framing, 6)
    if not strongest:
        st.info(text("draw.inside.no_neurons"), icon=":material/info:")
        return
    st.markdown(text("draw.inside.neurons", size=GRID, n=len(strongest)))
    grid = st.grid(6, min_column_width=150)
    for neuron in strongest:
        with grid.cell():
            _neuron_card(neuron)


def _neuron_card(neuron: Neuron) -> None:
    st.markdown(text("draw.inside.neuron", index=neuron.index))
    weights, products = (signed_picture(each, dark=is_dark()) for each in (neuron.weights, neuron.products))
    st.image(weights, width="stretch", alt=text("draw.inside.weights_alt", index=neuron.index))
    st.caption(text("draw.inside.weights"))
    st.image(products, width="stretch", alt=text("draw.inside.products_alt", index=neuron.index))
    st.caption(text("draw.inside.products"))
    numbers = {"sum": neuron.z - neuron.bias, "bias": neuron.bias, "z": neuron.z, "a": neuron.a}
    st.markdown(text("draw.inside.sums", **{name: f"{value:+.4f}" for name, value in numbers.items()}))
