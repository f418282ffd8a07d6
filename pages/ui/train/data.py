"""What the network learns from: which samples, how they are prepared and varied, and how they then look.

Owns the Data tab with its preview of real samples.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lab.data import available, load
from lab.figures.draw.varied import Pixels, one_of_each, varied_data, varied_figure
from lab.parts.augmentations import AUGMENTATIONS, AnyAugmentation
from lab.paths import lab_home
from lab.runs.wording import data_stand_in
from lab.texts import text
from pages.ui.kit.controls import error_line, part_controls
from pages.ui.kit.echo import following, when_edited
from pages.ui.kit.fields import fields_of
from pages.ui.train.draft import Draft, parts_chosen
from pages.ui.train.state import edit, putter

_DRAW = "train/augmentation-draw"
_CHOSEN = "train/data/augmentations"


def data_tab(draft: Draft, *, ready: bool) -> None:
    """Samples, normalisation, augmentation with its preview, label noise.

    `ready` says that torch is loaded, which varying the samples needs.
    """
    with st.grid(2, gap="small", min_column_width=140):
        part_controls(draft.spec.data, "train/data", putter("data"), mistakes=draft.mistakes_at("data"))
    _augmentations(draft)
    _preview(draft, ready)


def data_notice(draft: Draft) -> None:
    """One line where the run would use other data than it names, with what to do about it."""
    try:
        stand_in = available(draft.spec.data.dataset, lab_home())[1]
        notice = data_stand_in(stand_in) if stand_in else ""
    except OSError as error:
        notice = str(error)
    if notice:
        st.markdown(f":small[:orange[:material/info:] {notice}]")


def _augmentations(draft: Draft) -> None:
    chosen = draft.spec.data.augmentations
    kinds = list(dict.fromkeys(part.kind for part in chosen))
    field = fields_of(type(draft.spec.data))["augmentations"]
    st.pills(
        str(field.title),
        tuple(AUGMENTATIONS),
        selection_mode="multi",
        default=following(_CHOSEN, kinds),
        format_func=lambda kind: str(AUGMENTATIONS[kind].title),
        key=_CHOSEN,
        help=str(field.description),
        on_change=when_edited(_CHOSEN, _choose),
        wrap=True,
    )
    for place, part in enumerate(chosen):
        with st.grid(2, gap="small", min_column_width=140, vertical_alignment="center"):
            st.markdown(f"**{part.title}**  \n:small[:gray[{part.summary}]]")
            with st.container(gap="xsmall"):
                _fields(draft, place, part)


def _fields(draft: Draft, place: int, part: AnyAugmentation) -> None:
    at = ("data", "augmentations", str(place))
    part_controls(
        part, f"train/augmentation/{place}/{part.kind}", putter(*at), mistakes=draft.mistakes_at(*at)
    )


def _choose() -> None:
    edit(parts_chosen, ("data", "augmentations"), tuple(st.session_state.get(_CHOSEN) or ()))


@st.cache_data(show_spinner=False, max_entries=4)
def _samples(dataset: str, home: Path) -> Pixels:
    return one_of_each(load(dataset, home))


def _preview(draft: Draft, ready: bool) -> None:
    data = draft.spec.data
    if data.augmentations and not ready:
        st.skeleton(height=100)
        return
    draw = st.session_state.get(_DRAW, 0)
    try:
        images = _samples(available(data.dataset, lab_home())[0], lab_home())
    except (OSError, RuntimeError) as error:
        error_line(str(error))
        return
    rows = varied_data(images, data.augmentations, draw) if data.augmentations else images[None]
    varied = bool(data.augmentations)
    alt = text("train.data.images_varied" if varied else "train.data.images")
    st.image(varied_figure(rows), width="stretch", alt=alt)
    if not varied:
        st.caption(text("train.data.as_they_are"))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(text("train.data.above_and_below"), width="stretch")
        st.button(
            text("train.data.draw_again"),
            icon=":material/casino:",
            key="train/draw-again",
            on_click=_draw_again,
        )


def _draw_again() -> None:
    st.session_state[_DRAW] = st.session_state.get(_DRAW, 0) + 1
