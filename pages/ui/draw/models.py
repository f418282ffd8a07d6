"""Which models answer: the shipped ones and the runs of the lab, and loading the first in the background.

Owns the choice and what is said when a run is gone. Imports torch in a thread of its own only.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from lab.ink.framing import frame
from lab.models.shipped import DEFAULT, SHIPPED
from lab.paths import is_run_id, lab_home, latest_weights
from pages.ui.kit.controls import escaped
from pages.ui.kit.owner import owner
from pages.ui.kit.store import store

if TYPE_CHECKING:
    from lab.models.loading import Model
    from lab.runs.run import Run

NOBODY = ""
FIRST_KEY, SECOND_KEY = "draw_model", "draw_second_model"
_WAITED_KEY = "draw_waited"
_LINK_KEY = "draw_link_taken"
_begun = threading.Lock()
_ready = threading.Event()


@dataclass(frozen=True)
class ModelChoice:
    """A model that can be chosen: what loads it, its words, and whether it is a run, still training."""

    reference: str
    title: str
    live: bool = False
    is_run: bool = False


def start_loading() -> None:
    """Begins to load torch and the default model; returns at once, and does so once in a process."""
    if not _ready.is_set() and _begun.acquire(blocking=False):
        threading.Thread(target=_load_default, name="draw-models", daemon=True).start()


def ready() -> bool:
    """Whether models answer without anybody waiting."""
    return _ready.is_set()


def _load_default() -> None:
    try:
        inference = import_module("lab.models.answers")
        # A model that cannot be loaded is said where it should answer, not here.
        with suppress(inference.ModelError):
            inference.answer(inference.load_model(DEFAULT), frame(np.zeros((28, 28), np.float32)))
    finally:
        _ready.set()


def options(*named: str) -> tuple[ModelChoice, ...]:
    """What can be chosen: shipped models, then this person's runs and those of the command line that have
    weights, the newest first. A run named by a link or chosen before is added, whoever made it.
    """
    shipped = [ModelChoice(name, f"{model.title} (shipped)") for name, model in SHIPPED.items()]
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
    return f"{run.title} ({words})" if run.title else words


def choose() -> tuple[ModelChoice, ...]:
    """The row of model controls; returns one or two models that exist."""
    asked = st.query_params.get("run") or st.query_params.get("model") or ""
    before = [st.session_state.get(key, NOBODY) for key in (FIRST_KEY, SECOND_KEY)]
    offered = {option.reference: option for option in options(asked, *before)}
    _take_from_link(asked, offered)
    for key, fallback in ((FIRST_KEY, DEFAULT), (SECOND_KEY, NOBODY)):
        chosen = st.session_state.get(key, fallback)
        if chosen not in (*offered, NOBODY):
            if chosen != asked:  # what the link names has been said
                _say_gone(str(chosen), offered)
            st.session_state[key] = fallback
    left, right = st.columns(2, wrap=False)
    first = left.selectbox(
        "Model",
        list(offered),
        format_func=lambda name: offered[name].title,
        key=FIRST_KEY,
        persist_state="session",
        help="Shipped models, and every run of this lab that has weights. A run in training answers with its "
        "latest weights.",
    )
    _put_into_link(asked, first, offered)
    others = [NOBODY, *(name for name in offered if name != first)]
    if st.session_state.get(SECOND_KEY) == first:
        st.session_state[SECOND_KEY] = NOBODY
    second = right.selectbox(
        "Compare with",
        others,
        format_func=lambda name: offered[name].title if name else "Nobody",
        key=SECOND_KEY,
        persist_state="session",
        help="A second model answers the same drawing beside the first.",
    )
    return (offered[first], offered[second]) if second else (offered[first],)


def _take_from_link(asked: str, offered: dict[str, ModelChoice]) -> None:
    """A link names a model as `?run=` or `?model=`; one that is not there is said for as long as it is asked."""
    if not asked:
        return
    if asked not in offered:
        chosen = st.session_state.get(FIRST_KEY, DEFAULT)
        if chosen == DEFAULT or chosen not in offered:  # else another one was chosen since
            _say_gone(asked, offered)
    elif st.session_state.get(_LINK_KEY) != asked:
        st.session_state[FIRST_KEY] = asked
    st.session_state[_LINK_KEY] = asked


def _put_into_link(asked: str, first: str, offered: dict[str, ModelChoice]) -> None:
    """Keeps the address true to the chosen model, so that it can be shared."""
    if first == (asked or DEFAULT) or (asked not in offered and first == DEFAULT):
        return
    st.query_params.pop("run", None)
    st.query_params["model"] = first
    st.session_state[_LINK_KEY] = first


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
        f"The model {escaped(repr(name[:40]))} is not here: it was deleted, or has no weights yet. "
        f"{answering.title} answers instead.",
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
        return model, f"{_sentence(str(error))} {model.title} answers instead."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
