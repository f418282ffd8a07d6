"""How the network learns, in tabs: optimizer and schedule, loss and regularisation, first weights, the run.

Owns which field stands where. The fields themselves come from the spec.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lab.data import DATASETS, at_hand
from lab.figures.runs.schedule import schedule_data, schedule_figure
from lab.paths import lab_home
from lab.presets import title_said
from lab.registry import Part, Spec
from lab.spec import NetworkSpec, RunSpec, TrainSpec
from lab.texts import language, said, text
from lab.training.epochs import planned_steps_per_epoch
from pages.ui.kit.controls import field_control, kind_control, part_controls
from pages.ui.kit.fields import fields_of
from pages.ui.kit.figure import Panel, show_figures
from pages.ui.train.data import data_tab
from pages.ui.train.draft import Draft
from pages.ui.train.state import kind_putter, putter

COLUMNS = 2
TABS = {
    "optimise": said("train.recipe.optimise"),
    "data": said("train.recipe.data"),
    "loss": said("train.recipe.loss"),
    "initialise": said("train.recipe.initialise"),
}
_TAB, _TAB_SHOWN = "train/tab", "train/tab-shown"
_CLOSED_HEIGHT = 360  # about as high as a tab's fields, so that the page keeps its length until they come


def recipe(draft: Draft, *, ready: bool) -> None:
    """The tabs of the recipe, of which only the open one is drawn; `ready` says that torch is loaded."""
    names = {str(title): name for name, title in TABS.items()}
    key = f"{_TAB_SHOWN}/{language()}"  # Streamlit 1.67 knows tabs by their titles

    def chosen() -> None:
        st.session_state[_TAB] = names.get(st.session_state.get(key, ""), "optimise")

    open_tab = str(TABS[st.session_state.get(_TAB, "optimise")])
    tabs = st.tabs(list(names), key=key, default=open_tab, on_change=chosen)
    contents: tuple[Callable[[Draft], None], ...] = (
        _optimise,
        partial(data_tab, ready=ready),
        _loss,
        _initialise,
    )
    for tab, draw in zip(tabs, contents, strict=True):
        with tab:
            if tab.open:
                draw(draft)
            else:
                st.space(_CLOSED_HEIGHT)


def _fields(draft: Draft, *names: str) -> None:
    """Plain fields of the training section, side by side."""
    with st.grid(COLUMNS, gap="small", min_column_width=140):
        part_controls(
            draft.spec.train, "train/train", putter("train"), mistakes=draft.mistakes_at("train"), only=names
        )


def _part(draft: Draft, section: str, name: str) -> None:
    """The choice of a part and the fields of the chosen one."""
    model: type[Spec] = TrainSpec if section == "train" else NetworkSpec
    part: Part = getattr(getattr(draft.spec, section), name)
    kind_control(fields_of(model)[name], part, f"train/{section}/{name}/kind", kind_putter(section))
    if len(type(part).model_fields) > 1:
        with st.grid(COLUMNS, gap="small", min_column_width=140):
            part_controls(
                part,
                f"train/{section}/{name}",
                putter(section, name),
                mistakes=draft.mistakes_at(section, name),
            )


def _optimise(draft: Draft) -> None:
    _fields(draft, "epochs", "batch_size")
    _part(draft, "train", "optimizer")
    _part(draft, "train", "schedule")
    train, usable = draft.spec.train, DATASETS[at_hand(draft.spec.data.dataset, lab_home())]
    steps = planned_steps_per_epoch(draft.spec, usable.sizes[0])
    data = schedule_data(train.schedule, train.optimizer.lr, steps, train.epochs)
    show_figures(
        [Panel("schedule", text("train.recipe.learning_rate"), schedule_figure(data), height=150)],
        key="train/schedule-preview",
        columns=1,
    )
    st.caption(text("train.recipe.over_steps", n=data.steps))


def _loss(draft: Draft) -> None:
    _part(draft, "train", "loss")
    st.markdown(f"**{text('train.recipe.overfitting')}**")
    _fields(draft, "l1", "clip_norm", "early_stopping")
    st.caption(text("train.recipe.elsewhere"))


def _initialise(draft: Draft) -> None:
    _part(draft, "network", "initialisation")
    _fields(draft, "seed", "device")
    field_control(
        fields_of(RunSpec)["title"],
        title_said(draft.spec.title),
        "train/title",
        putter(),
        mistake=draft.mistakes_at().get("title"),
    )
