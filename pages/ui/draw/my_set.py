"""Teach it: the person's own labelled digits and the history of what they drew.

Owns this view and when a drawing is recorded; keeping is `lab.ink.collection`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from lab.figures.pixels import ink_picture
from lab.ink.collection import Collection, CollectionError, Entry, load
from lab.ink.formats import csv_text, idx_zip, png_zip
from lab.ink.framing import frame
from lab.models.shipped import SHIPPED
from lab.texts import text
from pages.ui.draw.sheet import Sheet, put_drawing, sheet
from pages.ui.kit.owner import owner

if TYPE_CHECKING:
    from lab.models.loading import Model

SHOWN = 24
_RECORDED_KEY, _KEPT_AS_KEY = "draw/recorded", "draw/recorded-as"


def record(now: Sheet, model: Model, title: str) -> None:
    """Notes the drawing with what was answered in the person's history, once per change."""
    named = (
        model.reference if model.reference in SHIPPED else title
    )  # a shipped one has a title in each language
    state = (now.key, now.number, now.seq, named)
    if not now.key or st.session_state.get(_RECORDED_KEY) == state:
        return
    st.session_state[_RECORDED_KEY] = state
    from lab.models.answers import answer

    framing = frame(now.source, stages=False)
    found = answer(model, framing)
    try:
        kept = Collection(owner()).record(
            now.key,
            np.rint(255 * framing.pixels).astype(np.uint8),
            drawing=None if now.picture is not None else now.drawing,
            answer=found.digit if found.is_digit else None,
            probability=found.probabilities[found.digit],
            model=named,
        )
        st.session_state[_KEPT_AS_KEY] = (now.key, kept)
    except OSError as error:
        st.warning(text("draw.teach.not_kept", problem=error), icon=":material/warning:")


def teach_view() -> None:
    """Label the drawing on the pad; below, the person's set and their history."""
    collection = Collection(owner())
    try:
        _label_this(collection)
        _my_set(collection)
        _history(collection)
    except OSError as error:
        st.error(text("draw.teach.unreadable", problem=error), icon=":material/error:")


def _label_this(collection: Collection) -> None:
    now = sheet()
    drawn, kept = st.session_state.get(_KEPT_AS_KEY, ("", ""))
    entry = collection.entry(kept if drawn == now.key else now.key) if now.key else None
    if entry is None:
        st.info(text("draw.teach.nothing"), icon=":material/draw:")
        return
    key = f"draw/teach-{entry.key}"
    st.session_state.setdefault(key, entry.label)
    st.pills(
        text("draw.teach.which_none")
        if entry.answer is None
        else text("draw.teach.which", digit=entry.answer),
        list(range(10)),
        key=key,
        on_change=partial(_store_label, entry.key, key),
    )
    problem = st.session_state.pop("draw/teach-problem", None)
    if problem:
        st.error(problem, icon=":material/error:")
    elif entry.label is not None:
        st.caption(f":material/check: {text('draw.teach.in_set', digit=entry.label)}")
    else:
        st.caption(text("draw.teach.choose"))


def _store_label(drawing: str, widget: str) -> None:
    try:
        Collection(owner()).label(drawing, st.session_state.get(widget))
    except (CollectionError, OSError) as error:
        st.session_state["draw/teach-problem"] = str(error)


def _my_set(collection: Collection) -> None:
    counts = collection.counts()
    total = sum(counts)
    st.markdown(f"#### {text('draw.teach.set', n=total)}")
    if not total:
        st.caption(text("draw.teach.kept_and"))
        return
    each = [text("draw.teach.count", digit=digit, n=n) for digit, n in enumerate(counts) if n]
    st.caption(" · ".join(each))
    st.caption(text("draw.teach.kept"))
    with st.container(horizontal=True):
        _export("IDX", "my-digits-idx.zip", "application/zip", idx_zip)
        _export("PNG", "my-digits-png.zip", "application/zip", png_zip)
        _export("CSV", "my-digits.csv", "text/csv", csv_text)


def _export(name: str, file: str, mime: str, write: Callable[..., bytes | str]) -> None:
    mine = owner()
    st.download_button(
        name,
        data=lambda: write(*load(mine)),
        file_name=file,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"draw/teach-export-{name}",
    )


def _history(collection: Collection) -> None:
    entries = collection.history()
    if not entries:
        return
    st.markdown(f"#### {text('draw.teach.history')}")
    st.caption(text("draw.teach.history_says"))
    with st.grid(8, min_column_width=120):
        for entry in entries[:SHOWN]:
            with st.container(key=f"draw/drawn-{entry.key}", gap="xsmall"):
                _card(entry)
    if len(entries) > SHOWN:
        st.caption(text("draw.teach.older", n=len(entries) - SHOWN))
    everything = text("draw.teach.delete_all")
    if st.button(everything, icon=":material/delete:", key="draw/teach-delete-all"):
        st.dialog(text("draw.teach.confirm"))(_confirm_delete)(len(entries))


def _card(entry: Entry) -> None:
    st.image(ink_picture(entry.pixels / 255.0, 112), width="stretch", alt=_drawn(entry))
    tick = f" :material/check: **{entry.label}**" if entry.label is not None else ""
    st.markdown(f"{_answered(entry)}{tick}")
    shipped = SHIPPED.get(entry.model)
    st.caption(text("draw.models.shipped", title=shipped.title) if shipped else entry.model)
    with st.container(horizontal=True, gap="xsmall"):
        if entry.drawing is not None:
            st.button(
                ":material/edit:",
                key=f"draw/again-{entry.key}",
                on_click=_again,
                args=(entry,),
                type="tertiary",
                help=text("draw.teach.again"),
            )
        st.button(
            ":material/delete:",
            key=f"draw/delete-{entry.key}",
            on_click=_delete,
            args=(entry.key,),
            type="tertiary",
            help=text("draw.teach.delete"),
        )


def _drawn(entry: Entry) -> str:
    if entry.answer is None:
        return text("draw.teach.drawn_none")
    return text("draw.teach.drawn", digit=entry.answer)


def _answered(entry: Entry) -> str:
    if entry.answer is None:
        return text("draw.teach.no_digit")
    if entry.probability is None:
        return f"{entry.answer}"
    return text("draw.teach.digit", digit=entry.answer, share=entry.probability)


def _again(entry: Entry) -> None:
    if entry.drawing is not None:
        put_drawing(entry.drawing, entry.key)
        st.rerun()


def _delete(key: str) -> None:
    Collection(owner()).delete(key)


def _confirm_delete(count: int) -> None:
    st.write(text("draw.teach.confirm_says", n=count))
    with st.container(horizontal=True):
        if st.button(text("draw.teach.confirm_yes"), type="primary", key="draw/teach-delete-yes"):
            Collection(owner()).delete_all()  # what is on the pad counts as recorded until it changes
            st.rerun()
        if st.button(text("draw.teach.confirm_no"), key="draw/teach-delete-no"):
            st.rerun()
