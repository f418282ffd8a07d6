"""Several runs side by side: their curves in one picture, and the settings in which they differ.

Owns the comparison. Which runs are compared, the list says.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from lab.figures.runs.curves import comparison_data, comparison_figure
from lab.presets import title_said
from lab.runs.differences import differences
from lab.runs.run import Run
from lab.texts import text
from lab.texts.formats import fine_percent
from pages.ui.kit.figure import Panel, show_figures
from pages.ui.runs.histories import past


def compare(runs: list[Run]) -> None:
    """Their curves in one picture, and the settings in which they differ."""
    names = _names(runs)
    histories = {name: past(run.id).history for name, run in zip(names, runs, strict=True)}
    losses, accuracies = comparison_data(histories)
    loss = comparison_figure(text("runs.compare.loss"), losses, log=True, x="step")
    accuracy = comparison_figure(text("runs.compare.accuracy"), accuracies, log=False, x="epoch")
    panels = [
        Panel("compare-loss", text("runs.compare.losses"), loss, 340),
        Panel("compare-accuracy", text("runs.compare.accuracies"), accuracy, 340),
    ]
    show_figures(panels, key="runs/charts-compare")
    rows = differences([json.loads(run.spec_json) for run in runs])
    results = ["" if run.test_accuracy is None else fine_percent(run.test_accuracy) for run in runs]
    table: dict[str, list[Any]] = {text("runs.compare.setting"): [text("runs.compare.test_accuracy"), *rows]}
    for index, name in enumerate(names):
        table[name] = [results[index], *(values[index] for values in rows.values())]
    st.dataframe(table, hide_index=True, width="stretch")


def _names(runs: list[Run]) -> list[str]:
    """The runs' titles, told apart by their ids where two are the same."""
    titles = [title_said(run.title or run.id) for run in runs]
    return [
        f"{title} ({run.id})" if titles.count(title) > 1 else title
        for title, run in zip(titles, runs, strict=True)
    ]
