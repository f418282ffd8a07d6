"""Charts that stay alive while data comes in: one Plotly chart per panel, its zoom kept, nothing flickers.

Owns the seam to `static/live_charts.js` and the copy of plotly.js that it loads. Knows no run.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_STATIC = Path(__file__).parents[3] / "static"
_CSS = """
.layerlab-charts { display: grid; grid-template-columns: repeat(var(--columns, 1), minmax(0, 1fr)); gap: 12px; }
.layerlab-charts > div { min-width: 0; }
@media (max-width: 800px) { .layerlab-charts { grid-template-columns: minmax(0, 1fr); } }
"""


@dataclass(frozen=True)
class Panel:
    """One chart: its name, what it shows in words, and a Plotly figure with colours such as "@blue"."""

    name: str
    title: str
    figure: dict[str, Any]
    height: int = 280


def live_charts(panels: Sequence[Panel], *, key: str, columns: int = 2) -> None:
    """Draws the panels side by side, and again in place whenever their figures change."""
    data = {"columns": columns, "figures": [asdict(panel) for panel in panels]}
    # In a list: Streamlit 1.67 looks through a dict for data frames, and imports pandas before the first page is out.
    _component()(key=key, data=[data])


def preload_charts() -> None:
    """Has the browser fetch what charts need, so that the first one need not wait for it."""
    live_charts([], key="charts-preload")


@cache
def _component() -> Callable[..., Any]:
    _provide_plotly()
    version = hashlib.sha256((_STATIC / "live_charts.js").read_bytes()).hexdigest()[:12]
    # Inline script is sent with every update, so only this stub is; the rest is a file the browser keeps.
    stub = f"""
const charts = import(new URL("app/static/live_charts.js?v={version}", document.baseURI))
export default function (component) {{
  charts.then(module => module.render({{ ...component, data: component.data[0] }}))
  return () => charts.then(module => module.forget(component.parentElement.querySelector(".layerlab-charts")))
}}
"""
    # Plotly puts its style sheet into the page, which does not reach into a shadow root.
    return st.components.v2.component(
        "layerlab_live_charts",
        html='<div class="layerlab-charts">\n</div>',
        css=_CSS,
        js=stub,
        isolate_styles=False,
    )


def _provide_plotly() -> None:
    """Pack plotly.js of the Python package to where the server may serve it, once per version."""
    import plotly

    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = _STATIC / "vendor" / "plotly.min.js.gz"
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    target.parent.mkdir(exist_ok=True)
    beside = target.with_suffix(f".{os.getpid()}")
    beside.write_bytes(gzip.compress(source.read_bytes(), compresslevel=9))
    beside.replace(target)
