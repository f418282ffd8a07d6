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
from pages.ui.draw.sheet import Sheet, put_drawing, sheet
from pages.ui.kit.owner import owner

if TYPE_CHECKING:
    from lab.models.loading import Model

SHOWN = 24
_RECORDED_KEY, _KEPT_AS_KEY = "draw/recorded", "draw/recorded-as"


def record(now: Sheet, model: Model, title: str) -> None:
    """Notes the drawing with what was answered in the person's history, once per change."""
    state = (now.key, now.number, now.seq, title)
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
            model=title,
        )
        st.session_state[_KEPT_AS_KEY] = (now.key, kept)
    except OSError as error:
        st.warning(f"This drawing could not be kept in your history: {error}", icon=":material/warning:")


def teach_view() -> None:
    """Label the drawing on the pad; below, the person's set and their history."""
    collection = Collection(owner())
    try:
        _label_this(collection)
        _my_set(collection)
        _history(collection)
    except OSError as error:
        st.error(f"Your drawings cannot be read: {error}", icon=":material/error:")


def _label_this(collection: Collection) -> None:
    now = sheet()
    drawn, kept = st.session_state.get(_KEPT_AS_KEY, ("", ""))
    entry = collection.entry(kept if drawn == now.key else now.key) if now.key else None
    if entry is None:
        st.info(
            "Draw a digit, then say here what it is: labelled drawings make up your own set.",
            icon=":material/draw:",
        )
        return
    said = "It was not taken for a digit." if entry.answer is None else f"The answer was {entry.answer}."
    key = f"draw/teach-{entry.key}"
    st.session_state.setdefault(key, entry.label)
    st.pills(
        f"{said} Wrong? Say what it is:",
        list(range(10)),
        key=key,
        on_change=partial(_store_label, entry.key, key),
    )
    problem = st.session_state.pop("draw/teach-problem", None)
    if problem:
        st.error(problem, icon=":material/error:")
    elif entry.label is not None:
        st.caption(f":material/check: In your set as a {entry.label}. Choose it again to take it out.")
    else:
        st.caption("Choose its label to put it into your set.")


def _store_label(drawing: str, widget: str) -> None:
    try:
        Collection(owner()).label(drawing, st.session_state.get(widget))
    except (CollectionError, OSError) as error:
        st.session_state["draw/teach-problem"] = str(error)


def _my_set(collection: Collection) -> None:
    counts = collection.counts()
    total = sum(counts)
    st.markdown(f"#### Your set: {total} {'digit' if total == 1 else 'digits'}")
    if not total:
        st.caption("Kept on this lab's server for this browser only; you can export and delete it here.")
        return
    st.caption(
        " · ".join(f"**{digit}**: {count}" for digit, count in enumerate(counts) if count)
        + ". Kept on this lab's server for this browser only."
    )
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
    st.markdown("#### Your drawings")
    st.caption("The newest first, with what was answered. A tick marks those in your set.")
    with st.grid(8, min_column_width=120):
        for entry in entries[:SHOWN]:
            with st.container(key=f"draw/drawn-{entry.key}", gap="xsmall"):
                _card(entry)
    if len(entries) > SHOWN:
        st.caption(f"And {len(entries) - SHOWN} older ones.")
    if st.button("Delete everything", icon=":material/delete:", key="draw/teach-delete-all"):
        _confirm_delete(len(entries))


def _card(entry: Entry) -> None:
    answered = "no digit" if entry.answer is None else f"{entry.answer}"
    st.image(ink_picture(entry.pixels / 255.0, 112), width="stretch", alt=f"A drawing answered {answered}")
    sure = "" if entry.answer is None or entry.probability is None else f", {entry.probability:.0%}"
    tick = f" :material/check: **{entry.label}**" if entry.label is not None else ""
    st.markdown(f"{answered}{sure}{tick}")
    st.caption(entry.model)
    with st.container(horizontal=True, gap="xsmall"):
        if entry.drawing is not None:
            st.button(
                ":material/edit:",
                key=f"draw/again-{entry.key}",
                on_click=_again,
                args=(entry,),
                type="tertiary",
                help="Put this drawing on the pad",
            )
        st.button(
            ":material/delete:",
            key=f"draw/delete-{entry.key}",
            on_click=_delete,
            args=(entry.key,),
            type="tertiary",
            help="Delete this drawing",
        )


def _again(entry: Entry) -> None:
    if entry.drawing is not None:
        put_drawing(entry.drawing, entry.key)
        st.rerun()


def _delete(key: str) -> None:
    Collection(owner()).delete(key)


@st.dialog("Delete everything you drew?")
def _confirm_delete(count: int) -> None:
    st.write(f"{count} drawings, your labelled set among them, are deleted for good.")
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key="draw/teach-delete-yes"):
            Collection(owner()).delete_all()  # what is on the pad counts as recorded until it changes
            st.rerun()
        if st.button("Keep", key="draw/teach-delete-no"):
            st.rerun()
