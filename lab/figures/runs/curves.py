"""The curves of a run: loss, accuracy, learning rate, and what its layers do.

Each figure is two functions: `*_data` reads a history into plain values, `*_figure` draws them as a Plotly
figure whose colours are the theme's by name ("@blue").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lab.events import PROBE_IMAGES, LayerState
from lab.figures.look import Figure, heading
from lab.runs.history import History
from lab.texts import Text, said, text

Points: TypeAlias = tuple[list[float], list[float]]
Axis: TypeAlias = Literal["step", "epoch"]

_AXES: Mapping[Axis, Text] = {"step": said("figures.runs.step"), "epoch": said("figures.runs.epoch")}

# Told apart by dash as well as by colour.
STYLES = (
    ("@blue", "solid"),
    ("@orange", "dash"),
    ("@chart-3", "dot"),
    ("@chart-5", "dashdot"),
    ("@chart-4", "longdash"),
    ("@chart-6", "solid"),
    ("@gray", "dash"),
)
MARKED = 20  # epochs; on a phone the marks of more would touch and hide what is below them


@dataclass(frozen=True)
class LossData:
    """Units: the loss's own; steps on the x axis."""

    steps: list[int]
    low: list[float]
    high: list[float]
    smooth: list[float]
    train: Points
    validation: Points


def loss_data(history: History) -> LossData:
    """The loss of each step with its spread, and the losses after each epoch: as `EpochDone` takes them."""
    curve = history.loss
    train = [(float(e.step), e.train_loss) for e in history.epochs]
    watched = [(float(e.step), e.validation_loss) for e in history.epochs if e.validation_loss is not None]
    return LossData(
        [*curve.steps], [*curve.low], [*curve.high], [*curve.smooth], _points(train), _points(watched)
    )


def loss_figure(data: LossData, *, log: bool, unit: str = "") -> Figure:
    """The spread of the raw loss as a band, the smoothed loss as a line, the losses after each epoch as marks.

    After many epochs those are thin lines.
    """
    # While a point still is a single step, the band has no width of its own.
    edge = {"width": 1.2 if data.low == data.high else 0, "color": "@blue/0.4"}
    band = {"mode": "lines", "line": edge, "hoverinfo": "skip", "showlegend": False, "x": data.steps}
    traces: list[Figure] = [
        {**band, "y": data.low},
        {
            **band,
            "y": data.high,
            "fill": "tonexty",
            "fillcolor": "@blue/0.22",
            "name": text("figures.runs.each_step"),
            "showlegend": True,
        },
        _line(text("figures.runs.smoothed"), data.steps, data.smooth, 0),
    ]
    if data.train[0]:
        traces.append(_marks(text("figures.runs.train_after_epoch"), data.train, "@blue", "circle"))
    if data.validation[0]:
        traces.append(_marks(text("figures.runs.validation"), data.validation, "@orange", "diamond"))
    title = text("figures.runs.loss_in", unit=unit) if unit else text("figures.runs.loss")
    figure = _figure(title, traces, log=log)
    if not data.steps:  # Plotly would make up a range
        figure["layout"]["yaxis"] |= {"range": [-1.0, 0.5] if log else [0, 2.5]}
    return figure


@dataclass(frozen=True)
class AccuracyData:
    """Units: per cent; epochs on the x axis."""

    train: Points
    validation: Points
    test: float | None


def accuracy_data(history: History) -> AccuracyData:
    """The accuracy after each epoch, and the final one on the test set."""
    train = [(float(e.epoch), 100 * e.train_accuracy) for e in history.epochs]
    watched = [
        (float(e.epoch), 100 * e.validation_accuracy)
        for e in history.epochs
        if e.validation_accuracy is not None
    ]
    test = 100 * history.finished.test_accuracy if history.finished else None
    return AccuracyData(_points(train), _points(watched), test)


def accuracy_figure(data: AccuracyData, *, epochs: int) -> Figure:
    """Training and validation accuracy after each epoch, the test accuracy as a line at the end."""
    traces = [_line(text("figures.runs.train"), *data.train, 0, marker="circle")]
    if data.validation[0]:
        traces.append(_line(text("figures.runs.validation"), *data.validation, 1, marker="diamond"))
    if data.test is not None:
        traces.append(
            _line(text("figures.runs.test"), [0.5, max(epochs, 1) + 0.5], [data.test, data.test], 2)
        )
    figure = _figure(text("figures.runs.accuracy"), traces, log=False, x="epoch")
    if not data.train[0]:
        figure["layout"]["yaxis"] |= {"range": [0, 100]}
    figure["layout"]["xaxis"] |= {"range": [0.5, max(epochs, 1) + 0.5], "dtick": max(1, epochs // 10)}
    return figure


def rate_data(history: History) -> Points:
    """The learning rate over the steps."""
    return _points([(float(step), rate) for step, rate in history.rates])


def rate_figure(data: Points) -> Figure:
    """The learning rate over the steps, from zero up."""
    title = text("figures.runs.rate")
    figure = _figure(title, [_line(title, *data, 0)], log=False, legend=False)
    # A constant rate alone would stand at "0" between -1 and 1.
    figure["layout"]["yaxis"] |= {"rangemode": "tozero", "exponentformat": "power", "nticks": 5}
    return figure


def _gradient_norm(layer: LayerState) -> float | None:
    return layer.gradient_norm


def _update_ratio(layer: LayerState) -> float | None:
    return layer.update_ratio


def _dead_percent(layer: LayerState) -> float | None:
    return None if layer.dead_share is None else 100 * layer.dead_share


@dataclass(frozen=True)
class LayerQuantity:
    """Something measured per layer at each snapshot: its words, its value, and whether decades matter."""

    name: str
    title: Text
    summary: Text
    value: Callable[[LayerState], float | None]
    log: bool


LAYER_QUANTITIES = (
    LayerQuantity(
        "gradient",
        said("figures.runs.gradient.title"),
        said("figures.runs.gradient.summary"),
        _gradient_norm,
        True,
    ),
    LayerQuantity(
        "update",
        said("figures.runs.update.title"),
        said("figures.runs.update.summary"),
        _update_ratio,
        True,
    ),
    LayerQuantity(
        "dead",
        said("figures.runs.dead.title"),
        said("figures.runs.dead.summary", n=PROBE_IMAGES),
        _dead_percent,
        False,
    ),
)


def layer_data(history: History, quantity: LayerQuantity) -> dict[str, Points]:
    """The quantity over the steps for each layer that has it."""
    found: dict[str, list[tuple[float, float]]] = {}
    for snapshot in history.snapshots:
        for layer in snapshot.layers:
            value = quantity.value(layer)
            if value is not None and (value > 0 or not quantity.log):
                found.setdefault(layer.name, []).append((float(snapshot.step), value))
    return {name: _points(pairs) for name, pairs in found.items()}


def layer_figure(data: Mapping[str, Points], quantity: LayerQuantity) -> Figure:
    """One line per layer."""
    traces = [_line(name, *points, index) for index, (name, points) in enumerate(data.items())]
    figure = _figure(str(quantity.title), traces, log=quantity.log)
    if quantity.name == "dead":
        figure["layout"]["yaxis"] |= {"range": [-3, 103]}
    return figure


def comparison_data(histories: Mapping[str, History]) -> tuple[dict[str, Points], dict[str, Points]]:
    """The smoothed loss per step and the accuracy per epoch of several runs, by their names."""
    losses = {name: ([float(s) for s in h.loss.steps], [*h.loss.smooth]) for name, h in histories.items()}
    accuracies = {}
    for name, history in histories.items():
        data = accuracy_data(history)
        accuracies[name] = data.validation if data.validation[0] else data.train
    return losses, accuracies


def comparison_figure(title: str, data: Mapping[str, Points], *, log: bool, x: Axis) -> Figure:
    """One line per run."""
    marker = "circle" if x == "epoch" else None
    traces = [_line(name, *points, index, marker=marker) for index, (name, points) in enumerate(data.items())]
    figure = _figure(title, traces, log=log, x=x)
    # Below: beside the title there is no room for the names of runs.
    figure["layout"]["legend"] = {"orientation": "h", "x": 0, "xanchor": "left", "y": 0, "yanchor": "bottom"}
    figure["layout"]["legend"] |= {"yref": "container"}
    return figure


def _points(pairs: Sequence[tuple[float, float]]) -> Points:
    return [x for x, _ in pairs], [y for _, y in pairs]


def _line(name: str, x: Sequence[float], y: Sequence[float], style: int, marker: str | None = None) -> Figure:
    """A line, with the marker at each point while there are few."""
    colour, dash = STYLES[style % len(STYLES)]
    line: Figure = {"color": colour, "dash": dash, "width": 2.2}
    drawn: Figure = {"type": "scatter", "name": name, "x": [*x], "y": [*y], "mode": "lines", "line": line}
    if marker and len(drawn["x"]) <= MARKED:
        drawn |= {"mode": "lines+markers", "marker": {"symbol": marker, "size": 7, "color": colour}}
    return drawn


def _marks(name: str, points: Points, colour: str, symbol: str) -> Figure:
    """A mark at each point; a thin line through them once they are many."""
    x, y = points
    drawn: Figure = {"type": "scatter", "name": name, "x": x, "y": y}
    if len(x) > MARKED:
        return drawn | {"mode": "lines", "line": {"color": colour, "dash": "dot", "width": 1.8}}
    marker = {"color": colour, "symbol": symbol, "size": 8, "line": {"width": 1, "color": "@background"}}
    return drawn | {"mode": "markers", "marker": marker}


def _decades(traces: list[Figure]) -> Figure:
    """Ticks at 1, 2 and 5 where there are a few decades; over more or less than that Plotly finds better ones."""
    seen = [y for trace in traces for y in trace["y"] if y is not None and 0 < y < math.inf]
    span = math.log10(max(seen) / min(seen)) if seen else 1.0
    return {"dtick": "D2"} if 0.7 <= span <= 4 else {"nticks": 7}


def _figure(title: str, traces: list[Figure], *, log: bool, x: Axis = "step", legend: bool = True) -> Figure:
    yaxis = {"type": "log", "tickformat": "~g", **_decades(traces)} if log else {"type": "linear"}
    layout = {
        "title": heading(title),
        "xaxis": {"title": {"text": str(_AXES[x])}},
        "yaxis": yaxis,
        "showlegend": legend,
    }
    return {"data": traces, "layout": layout}
