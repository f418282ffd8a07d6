"""A run while it is watched: how far it is, its curves, its layers, and what it sees.

Owns what is drawn at each refresh and when to refresh. Everything is drawn in place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from lab.events import PROBE_IMAGES
from lab.figures.network.picture import NetworkPicture, network_picture_data
from lab.figures.pixels import as_png
from lab.figures.runs.curves import (
    LAYER_QUANTITIES,
    accuracy_data,
    accuracy_figure,
    layer_data,
    layer_figure,
    loss_data,
    loss_figure,
    rate_data,
    rate_figure,
)
from lab.figures.runs.glance import Prediction, predictions_data, weights_data
from lab.machine.device import device_in_words
from lab.parts.layers import Shape
from lab.parts.losses import LOSSES
from lab.paths import lab_home
from lab.runner import warm
from lab.runs.history import History
from lab.runs.run import Run
from lab.spec import NetworkSpec
from lab.texts import language, text
from lab.texts.formats import in_a_row, size, whole_percent
from pages.ui.kit.component import page_style
from pages.ui.kit.figure import Panel, is_dark, show_figures
from pages.ui.kit.network_picture import show_network
from pages.ui.kit.store import store
from pages.ui.runs.histories import Past, past
from pages.ui.runs.pictures import live_pictures

FIRST_POINT_S = 0.2  # how soon the rest of the page follows the first point
WAIT_S, LOOK_S = 0.5, 0.015
_CHARTED = "runs/charted"  # the run whose charts this browser shows
TESTS = 12
CHART_HEIGHT = 300
_MB = 1 << 20


def watch(run: Run, viewer: str) -> None:
    """Draws the run, and again while it lives."""
    known = past(run.id, viewer)
    if run.is_active and not known.history.loss.steps:
        _wait_for_first_point(run, viewer)
    alone = run.is_active and st.session_state.get(_CHARTED) != run.id
    interval = None if not run.is_active else FIRST_POINT_S if alone else known.pace_s()
    log = st.session_state.get("runs/log-axes", True)
    page_style("runs/live")
    st.fragment(_refreshed, run_every=interval)(run, alone, bool(log), viewer)


def _wait_for_first_point(run: Run, viewer: str) -> None:
    """It comes within a few tenths of a second: sent along with the page, it spares the browser a round."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end and not past(run.id, viewer).history.loss.steps:
        time.sleep(LOOK_S)


def _refreshed(seen: Run, alone: bool, log: bool, viewer: str) -> None:
    """One refresh. With `alone`, the charts come first and by themselves, and the whole page after them."""
    if seen.is_active:
        warm.wake_runner()
    run = store().run(seen.id)
    known = past(seen.id, viewer)
    if run is None:
        st.rerun()  # deleted meanwhile
    drawable = bool(known.history.loss.steps)
    charted = st.session_state.get(_CHARTED) == run.id
    if run.is_active:
        _progress(run, known.history)
    if drawable:
        _charts(run, known, log)
        if charted or not run.is_active:
            _inside(run, known, log)
        st.session_state[_CHARTED] = run.id
    elif run.is_active:
        _placeholders()
    begun = (seen.state, run.state, run.want) == ("queued", "running", seen.want)
    changed = (run.state, run.want) != (seen.state, seen.want) and not begun
    if changed or (alone and charted):
        st.rerun()  # another interval, other buttons, or the result: the whole page, after the news


def _placeholders() -> None:
    """As much room as the two charts will take."""
    for place in st.columns(2, gap="small"):
        place.skeleton(height=CHART_HEIGHT)


def _charts(run: Run, known: Past, log: bool) -> None:
    show_figures(_all_panels(run, known, log)[:2], key="runs/charts-main")


def _inside(run: Run, known: Past, log: bool) -> None:
    dark = is_dark()
    with known.lock:
        glance = _remembered(known, "glance", dark, make=lambda: _glance(known.history, dark))
        ready = warm.ready("torch")  # without it, its shapes are not known yet
        network = _remembered(known, "network", ready, make=lambda: _network(run, known.history))
    if known.history.snapshot:
        st.markdown(text("runs.live.network_now", n=PROBE_IMAGES))
        show_network(network, key="runs/network-now")
        live_pictures(glance, key="runs/pictures")
    with st.expander(
        text("runs.live.layers"), expanded=False, icon=":material/stacks:", key="runs/layers-open"
    ):
        st.caption(in_a_row(quantity.summary for quantity in LAYER_QUANTITIES))
        show_figures(_all_panels(run, known, log)[2:], key="runs/charts-layers")


def _all_panels(run: Run, known: Past, log: bool) -> list[Panel]:
    with known.lock:
        panels: list[Panel] = _remembered(known, "panels", log, make=lambda: _panels(run, known.history, log))
    return panels


def _remembered(known: Past, *what: object, make: Callable[[], Any]) -> Any:
    """What was drawn since the last event is the same for every viewer of one language."""
    key = (*what, language())
    if key not in known.drawn:
        known.drawn[key] = make()
    return known.drawn[key]


def _progress(run: Run, history: History) -> None:
    share = history.step / history.steps if history.steps else 0.0
    st.progress(min(1.0, share), text=_words(run, history))


def _words(run: Run, history: History) -> str:
    if run.state == "queued":
        before = store().waiting_before(run.id)
        return text("runs.live.waiting", n=before) if before else text("runs.live.starting")
    if run.state == "interrupted":
        return text("runs.live.interrupted", step=history.step)
    if history.started is None:
        return text("runs.live.starting")
    started = history.started
    epoch = min(started.epochs, history.step // max(1, started.steps_per_epoch) + 1)
    words = [
        text("runs.live.epoch", epoch=epoch, epochs=started.epochs),
        text("runs.live.step", step=history.step, steps=history.steps),
    ]
    if history.samples_per_s:
        words.append(text("runs.live.speed", rate=round(history.samples_per_s)))
    if run.state == "running" and history.remaining_s is not None:
        words.append(text("runs.live.left", time=max(1, round(history.remaining_s))))
    words.append(device_in_words(started.device, started.cores))
    if history.memory_mb:
        words.append(size(history.memory_mb * _MB))
    return " · ".join(words)


def _panels(run: Run, history: History, log: bool) -> list[Panel]:
    spec = run.spec
    loss = loss_figure(loss_data(history), log=log, unit=str(LOSSES[spec.train.loss.kind].unit or ""))
    accuracy = accuracy_figure(accuracy_data(history), epochs=spec.train.epochs)
    panels = [
        Panel("loss", text("runs.live.loss"), loss, CHART_HEIGHT),
        Panel("accuracy", text("runs.live.accuracy"), accuracy, CHART_HEIGHT),
        Panel("rate", text("runs.live.rate"), rate_figure(rate_data(history)), 240),
    ]
    for quantity in LAYER_QUANTITIES:
        data = {_layer(name, spec.network): points for name, points in layer_data(history, quantity).items()}
        if data:
            title = text("runs.live.per_layer", quantity=quantity.title)
            panels.append(Panel(quantity.name, title, layer_figure(data, quantity), 240))
    return panels


def _layer(name: str, network: NetworkSpec) -> str:
    """What the reader calls a layer that the store knows as "2 Linear"."""
    place = name.partition(" ")[0]
    if not place.isdecimal() or not 1 <= int(place) <= len(network.layers):
        return name
    return text("runs.live.layer", place=place, layer=network.layers[int(place) - 1].title)


def _network(run: Run, history: History) -> NetworkPicture:
    """The network coloured by its newest activations; without shapes until torch is loaded."""
    spec, snapshot = run.spec.network, history.snapshot
    shapes: list[Shape | None] = [None] * len(spec.layers)
    if warm.ready("torch"):
        from lab.network.report import layer_reports

        shapes = [report.out_shape for report in layer_reports(spec)]
    # Where a network has diverged, its units have no activation: they are drawn as if it were none.
    seen = snapshot.activations if snapshot else ()
    activity = [[0.0 if value is None else value for value in layer] for layer in seen]
    return network_picture_data(spec.layers, shapes, activity=activity)


def _glance(history: History, dark: bool) -> dict[str, Any]:
    snapshot = history.snapshot
    if snapshot is None or history.started is None:
        return {"weights": {}, "answers": {"src": "", "predictions": []}, "texts": _glance_texts()}
    sheet = weights_data(snapshot, dark)
    weights = {}
    if sheet is not None:
        weights = {"src": as_png(sheet), "height": sheet.shape[0], "width": sheet.shape[1]}
    src, labels = _test_images(history.started.dataset)
    answers = [_answer(prediction) for prediction in predictions_data(snapshot, labels)]
    return {
        "weights": weights,
        "answers": {"src": src, "predictions": answers},
        "texts": _glance_texts(),
    }


def _answer(prediction: Prediction) -> dict[str, Any]:
    """An answer with its words: how sure the network is, and what it should have said where it is wrong."""
    share, label = prediction.share, prediction.label
    right = whole_percent(share)
    return {
        "index": prediction.index,
        "says": prediction.says,
        "share": share,
        "right": prediction.right,
        "verdict": right if prediction.right else text("runs.pictures.wrong", share=share, label=label),
        "spoken": text("runs.pictures.spoken", digit=prediction.says, share=share, label=label),
    }


def _glance_texts() -> dict[str, str]:
    return {
        "weights": text("runs.pictures.weights"),
        "weights_says": text("runs.pictures.weights_says"),
        "weights_spoken": text("runs.pictures.weights_spoken"),
        "answers": text("runs.pictures.answers"),
        "answers_says": text("runs.pictures.answers_says"),
    }


@st.cache_data(show_spinner=False, max_entries=8)
def _test_images(dataset: str) -> tuple[str, list[int]]:
    """The first twelve test images side by side, and their labels."""
    import numpy as np

    from lab.data import load

    data = load(dataset, lab_home())
    return as_png(255 - np.hstack(list(data.test_images[:TESTS]))), data.test_labels[:TESTS].tolist()
