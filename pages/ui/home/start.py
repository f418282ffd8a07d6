"""What to do first: one button that trains, and the two other ways in.

Owns the words of the three cards. What a run is belongs to `lab`.
"""

from __future__ import annotations

import streamlit as st

from lab.data import available
from lab.paths import lab_home
from lab.presets import PRESETS
from lab.spec import RunSpec, changed
from lab.texts import text
from pages.ui.kit.store import start_run

FIRST = PRESETS["document-mlp"]
BATCH_OF_FEW = 10


def first_steps() -> None:
    """Three ways in; the first is the one to take."""
    train, by_hand, draw = st.columns([2, 1, 1], gap="medium")
    with train.container(border=True, height="stretch"):
        _train_card()
    with by_hand.container(border=True, height="stretch"):
        st.markdown(f"##### :material/function: {text('by_hand.page')}")
        st.markdown(text("home.start.by_hand"))
        st.page_link(
            "pages/by_hand.py", label=text("home.start.work_through"), icon=":material/arrow_forward:"
        )
    with draw.container(border=True, height="stretch"):
        st.markdown(f"##### :material/draw: {text('draw.page')}")
        st.markdown(text("home.start.draw"))
        st.page_link("pages/draw.py", label=text("home.start.draw_a_digit"), icon=":material/arrow_forward:")


def _train_card() -> None:
    st.markdown(f"##### :material/play_circle: {text('home.start.here')}")
    st.markdown(text("home.start.watch", layers=_layers()))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        pressed = st.button(
            text("home.start.train"), type="primary", icon=":material/play_arrow:", key="home/train"
        )
        st.page_link("pages/train.py", label=text("home.start.configure"), icon=":material/tune:")
    if pressed:
        _train()


def _layers() -> str:
    units = [layer.units for layer in FIRST.spec.network.layers if layer.kind == "linear"]
    return "-".join(map(str, [28 * 28, *units]))


def first_run() -> RunSpec:
    """The document's run; on the bundled digits in small batches, as 1,500 of them are few steps otherwise."""
    spec = FIRST.spec
    if available(spec.data.dataset, lab_home())[0] == spec.data.dataset:
        return spec
    return changed(spec, "train.batch_size", BATCH_OF_FEW)


def _train() -> None:
    try:
        run_id = start_run(first_run())
    except OSError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.switch_page("pages/runs.py", query_params={"run": run_id})
