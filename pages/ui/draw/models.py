"""Which models answer: the shipped ones and the runs of the lab.

Owns the choice and what is said when a run is gone. Loading the first is the warmer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lab.models.shipped import DEFAULT, SHIPPED
from lab.paths import is_run_id, lab_home, latest_weights
from lab.presets import title_said
from lab.runner import warm
from lab.texts import text
from pages.ui.kit.address import Address
from pages.ui.kit.controls import escaped
from pages.ui.kit.owner import owner
from pages.ui.kit.store import store

if TYPE_CHECKING:
    from lab.models.loading import Model
    from lab.runs.run import Run

NOBODY = ""
FIRST_KEY, SECOND_KEY = "draw/model", "draw/second-model"
_WAITED_KEY = "draw/waited"
ADDRESS = Address("draw", ("run", "model").__contains__)


@dataclass(frozen=True)
class ModelChoice:
    """A model that can be chosen: what loads it, its words, and whether it is a run, still training."""

    reference: str
    title: str
    live: bool = False
    is_run: bool = False


def ready() -> bool:
    """Whether models answer without anybody waiting; sees to it that they will."""
    return warm.load("model")


def options(*named: str) -> tuple[ModelChoice, ...]:
    """What can be chosen: shipped models, then this person's runs and those of the command line that have
    weights, the newest first. A run named by a link or chosen before is added, whoever made it.
    """
    shipped = [
        ModelChoice(name, text("draw.models.shipped", title=model.title)) for name, model in SHIPPED.items()
    ]
    home = lab_home()
    try:
        runs = [*store().runs(owner()), *store().runs("")]
        known = {run.id for run in runs}
        added = [store().run(name) for name in named if is_run_id(name) and name not in known]
    except OSError:  # the page of runs says what is wrong with the store; here the shipped models answer
        return tuple(shipped)
    runs = sorted((*runs, *(run for run in added if run)), key=lambda run: -run.created_at)
    trained = [
        ModelChoice(run.id, _title_of(run), run.state == "running", is_run=True)
        for run in runs
        if latest_weights(home, run.id).is_file()
    ]
    return (*shipped, *trained)


def _title_of(run: Run) -> str:
    """Runs often share a title; the two words of the id tell them apart."""
    words = " ".join(run.id.split("-")[:2])
    return text("draw.models.named_run", title=title_said(run.title), words=words) if run.title else words


def choose() -> tuple[ModelChoice, ...]:
    """The row of model controls; returns one or two models that exist."""
    wish, own = ADDRESS.asked(), ADDRESS.read().own
    asked = _named(own)
    before = [st.session_state.get(key, NOBODY) for key in (FIRST_KEY, SECOND_KEY)]
    offered = {option.reference: option for option in options(asked, *before)}
    if wish is not None:
        name = _named(wish.own)
        st.session_state[FIRST_KEY] = name if name in offered else DEFAULT
    ADDRESS.notice()
    answering = st.session_state.get(FIRST_KEY, DEFAULT)
    if asked and asked not in offered and (answering == DEFAULT or answering not in offered):
        _say_gone(asked, offered)  # for as long as it is asked and no other one is chosen
    for key, fallback in ((FIRST_KEY, DEFAULT), (SECOND_KEY, NOBODY)):
        chosen = st.session_state.get(key, fallback)
        if chosen not in (*offered, NOBODY):
            if chosen != asked:  # what the link names has been said
                _say_gone(str(chosen), offered)
            st.session_state[key] = fallback
    left, right = st.columns(2, wrap=False)
    first = left.selectbox(
        text("draw.models.model"),
        list(offered),
        format_func=lambda name: offered[name].title,
        key=FIRST_KEY,
        on_change=ADDRESS.edited,
        persist_state="session",
        help=text("draw.models.model_help"),
    )
    kept = first == (asked or DEFAULT) or (asked not in offered and first == DEFAULT)
    ADDRESS.write(own if kept else {"model": first})
    others = [NOBODY, *(name for name in offered if name != first)]
    if st.session_state.get(SECOND_KEY) == first:
        st.session_state[SECOND_KEY] = NOBODY
    second = right.selectbox(
        text("draw.models.compare"),
        others,
        format_func=lambda name: offered[name].title if name else text("draw.models.none"),
        key=SECOND_KEY,
        persist_state="session",
        help=text("draw.models.compare_help"),
    )
    return (offered[first], offered[second]) if second else (offered[first],)


def _named(link: Mapping[str, str]) -> str:
    """The model that a link names, as `?run=` or `?model=`."""
    return link.get("run") or link.get("model") or ""


def refresh_every(chosen: tuple[ModelChoice, ...]) -> float | None:
    """How often answers change by themselves: while the network loads, and while a chosen run trains."""
    st.session_state[_WAITED_KEY] = not ready()
    if not ready():
        return 0.4
    return 1.0 if any(option.live for option in chosen) else None


def waiting_is_over(chosen: tuple[ModelChoice, ...]) -> bool:
    """Whether the reason for the timer is gone: the network is loaded, or a run has ended."""
    if st.session_state.get(_WAITED_KEY):
        return ready()
    return any(option.live and has_ended(option) for option in chosen)


def has_ended(option: ModelChoice) -> bool:
    """Whether a run is no longer in training, or is gone."""
    try:
        run = store().run(option.reference)
    except OSError:
        return False
    return run is None or run.state != "running"


def _say_gone(name: str, offered: dict[str, ModelChoice]) -> None:
    answering = offered.get(st.session_state.get(FIRST_KEY, DEFAULT), offered[DEFAULT])
    st.warning(
        text("draw.models.gone", name=escaped(repr(name[:40])[1:-1]), model=answering.title),
        icon=":material/info:",
    )


def load(option: ModelChoice) -> tuple[Model, str]:
    """The model, and a note when the default stands in for one that was deleted meanwhile.

    Raises: ModelError when not even the default can be loaded.
    """
    from lab.machine.device import compute_on_one_core
    from lab.models.loading import ModelError, load_model

    compute_on_one_core()  # every run of the page has a new thread
    try:
        return load_model(option.reference, lab_home()), ""
    except ModelError as error:
        if option.reference == DEFAULT:
            raise
        model = load_model(DEFAULT)
        problem = str(error).rstrip(".。")
        return model, text("draw.models.stands_in", problem=problem, model=model.title)
