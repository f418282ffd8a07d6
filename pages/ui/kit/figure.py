"""Figures on a page: one Plotly chart per panel, kept alive while data come in, its zoom kept, nothing flickers.

Owns the seam to `static/charts/charts.js` and the copy of plotly.js that it loads. Knows no run.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lab.figures.look import Figure
from lab.files import write_beside
from lab.texts import language, speaking, text
from lab.texts.languages import FALLBACK
from pages.ui.kit.component import STATIC, component


@dataclass(frozen=True)
class Panel:
    """One figure of `lab.figures`: its name, what it shows in words, and how high it stands."""

    name: str
    title: str
    figure: Figure
    height: int = 280


def show_figures(panels: Sequence[Panel], *, key: str, columns: int = 2) -> None:
    """Draws the panels side by side, and again in place whenever their figures change."""
    data: dict[str, Any] = {"columns": columns, "figures": [asdict(panel) for panel in panels]}
    data |= {"language": language(), "texts": words_of_plotly()}
    _provide_plotly()
    # Plotly puts its style sheet into the page, which does not reach into a shadow root.
    component("charts/charts", isolated=False)(key=key, data=data)


# What Plotly says by itself; in English the catalogue has its very words, by which it asks for others.
_PLOTLY = (
    "kit.chart.download",
    "kit.chart.download_as_png",
    "kit.chart.zoom",
    "kit.chart.pan",
    "kit.chart.zoom_in",
    "kit.chart.zoom_out",
    "kit.chart.reset",
    "kit.chart.preparing",
    "kit.chart.downloaded",
    "kit.chart.not_downloaded",
    "kit.chart.zoom_back",
    "kit.chart.isolate",
)


def words_of_plotly() -> dict[str, str]:
    """What Plotly says by itself, in the reader's language, by what it asks for."""
    with speaking(FALLBACK):
        asked = [text(key) for key in _PLOTLY]
    return dict(zip(asked, map(text, _PLOTLY), strict=True))


def preload_figures() -> None:
    """Has the browser fetch what figures need, so that the first one need not wait for it."""
    show_figures([], key="kit/figures-preload")


def is_dark() -> bool:
    """Whether this browser shows the dark theme, for pictures that no style sheet reaches.

    Streamlit 1.67 tells of a change at the next rerun only: https://github.com/streamlit/streamlit/issues/11920
    """
    return st.context.theme.type == "dark"


@cache
def _provide_plotly() -> None:
    """Pack plotly.js of the Python package to where the server may serve it, once per version."""
    import plotly

    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = STATIC / "vendor" / "plotly.min.js.gz"
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    write_beside(target, gzip.compress(source.read_bytes(), compresslevel=9))
