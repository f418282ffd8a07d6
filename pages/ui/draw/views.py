"""What lies below the pad: one view at a time, computed after the pen is up and only when it is open.

Owns the tabs and what is said before there is a drawing.
"""

from __future__ import annotations

import streamlit as st

from lab.texts import said, text
from pages.ui.draw.framing import framing_view
from pages.ui.draw.inside import inside_view
from pages.ui.draw.models import ModelChoice, load, ready
from pages.ui.draw.my_set import record, teach_view
from pages.ui.draw.number import several_view
from pages.ui.draw.picture import picture_view
from pages.ui.draw.sheet import sheet
from pages.ui.draw.through_training import training_view

TABS = {
    "framing": said("draw.tab.framing"),
    "inside": said("draw.tab.inside"),
    "training": said("draw.tab.training"),
    "several": said("draw.tab.several"),
    "picture": said("draw.tab.picture"),
    "teach": said("draw.tab.teach"),
}
_TAB_KEY, _OPEN_KEY = "draw/tab", "draw/tab-open"
ABOUT_ONE = {"framing", "inside", "several"}
NEEDS_INK = {"framing", "inside", "training"}


def depth(options: tuple[ModelChoice, ...]) -> None:
    """The open tab, about what is on the pad and one of the chosen models."""
    titles = [str(title) for title in TABS.values()]
    shown = st.session_state.get(_TAB_KEY)
    if (
        shown is not None and shown not in titles
    ):  # the language was switched, and Streamlit knows tabs by title
        st.session_state[_TAB_KEY] = str(TABS[st.session_state.get(_OPEN_KEY, "framing")])
    for name, tab in zip(TABS, st.tabs(titles, key=_TAB_KEY, on_change="rerun"), strict=True):
        if tab.open:
            st.session_state[_OPEN_KEY] = name
            with tab:
                _view(name, options)


def _view(name: str, options: tuple[ModelChoice, ...]) -> None:
    if not ready():
        st.caption(text("draw.loading"))
        return
    from lab.models.loading import ModelError

    now, option = sheet(), _about(options) if name in ABOUT_ONE else options[0]
    try:
        model, note = load(option)
    except ModelError as error:
        st.error(str(error), icon=":material/error:")
        return
    title = model.title if note else option.title
    if not now.is_empty and option == options[0]:
        record(now, model, title)
    if name in NEEDS_INK and now.is_empty:
        st.info(text("draw.draw_first"), icon=":material/draw:")
    elif name == "framing":
        framing_view(now, model, title)
    elif name == "inside":
        inside_view(now, model, title)
    elif name == "training":
        training_view(options)
    elif name == "several":
        several_view(model, title)
    elif name == "picture":
        picture_view()
    else:
        teach_view()


def _about(options: tuple[ModelChoice, ...]) -> ModelChoice:
    """The model a view is about, where two answer."""
    if len(options) == 1:
        return options[0]
    chosen = st.segmented_control(
        text("draw.about"),
        range(len(options)),
        format_func=lambda index: options[index].title,
        default=0,
        required=True,
        key="draw/about",
        persist_state="session",
        label_visibility="collapsed",
    )
    return options[chosen]
