"""Several runs side by side: their curves in one picture, and the settings in which they differ.

Owns the comparison. Which runs are compared, the list says.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from lab.figures.runs.curves import comparison_data, comparison_figure
from lab.runs.run import Run
from pages.ui.kit.charts import Panel, live_charts
from pages.ui.runs.histories import past


def compare(runs: list[Run]) -> None:
    """Their curves in one picture, and the settings in which they differ."""
    names = _names(runs)
    histories = {name: past(run.id).history for name, run in zip(names, runs, strict=True)}
    losses, accuracies = comparison_data(histories)
    panels = [
        Panel("compare-loss", "Losses", comparison_figure("Loss, smoothed", losses, log=True, x="step"), 340),
        Panel(
            "compare-accuracy",
            "Accuracies",
            comparison_figure(
                "Accuracy (%), validation where there is one", accuracies, log=False, x="epoch"
            ),
            340,
        ),
    ]
    live_charts(panels, key="runs/charts-compare")
    rows = differences([json.loads(run.spec_json) for run in runs])
    results = ["" if run.test_accuracy is None else f"{run.test_accuracy:.2%}" for run in runs]
    table: dict[str, list[Any]] = {"Setting": ["test accuracy", *rows]}
    for index, name in enumerate(names):
        table[name] = [results[index], *(values[index] for values in rows.values())]
    st.dataframe(table, hide_index=True, width="stretch")


def _names(runs: list[Run]) -> list[str]:
    """The runs' titles, told apart by their ids where two are the same."""
    titles = [run.title or run.id for run in runs]
    return [
        f"{title} ({run.id})" if titles.count(title) > 1 else title
        for title, run in zip(titles, runs, strict=True)
    ]


def differences(contents: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The settings in which some of the specs differ, by path, with each one's value as text."""
    flat = [dict(_leaves(content)) for content in contents]
    paths = list(dict.fromkeys(path for leaves in flat for path in leaves if path != "title"))
    return {
        path: [_shown(leaves.get(path, "")) for leaves in flat]
        for path in paths
        if len({leaves.get(path) for leaves in flat}) > 1
    }


def _shown(value: Any) -> str:
    """A setting's value as people write it: 0.0833, relu, off."""
    if value is None or isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _leaves(content: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every setting below by its path; a list is one too, as the kinds or values in it."""
    if isinstance(content, dict):
        return [leaf for key, value in content.items() for leaf in _leaves(value, _below(path, key))]
    if not isinstance(content, list):
        return [(path, content)]
    parts = [part if isinstance(part, dict) else {"kind": part} for part in content]
    kinds = ", ".join(_shown(part.get("kind", "")) for part in parts) or "none"
    own = [{key: value for key, value in part.items() if key != "kind"} for part in parts]
    return [(path, kinds), *(leaf for n, part in enumerate(own) for leaf in _leaves(part, _below(path, n)))]


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
