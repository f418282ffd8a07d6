"""What the network sees while it learns, redrawn in place: first-layer weights and twelve answers.

Owns the seam to `static/live_pictures.js`. Knows no run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

_SCRIPT = Path(__file__).parents[3] / "static" / "live_pictures.js"
_HTML = """
<div class="glance">
<section class="first"><h4>First-layer weights</h4><p>What each unit looks for: blue adds, orange takes away.</p>
<div class="sprite"></div></section>
<section class="tests"><h4>Twelve test images</h4><p>Its answer and how sure it is.</p>
<div class="answers"></div></section>
</div>
"""


def live_pictures(data: dict[str, Any], *, key: str) -> None:
    """Draws {"weights", "answers"} as `lab.figures.runs.glance` makes them, and again in place."""
    _component()(key=key, data=data)


@cache
def _component() -> Callable[..., Any]:
    version = hashlib.sha256(_SCRIPT.read_bytes()).hexdigest()[:12]
    stub = f"""
const pictures = import(new URL("app/static/live_pictures.js?v={version}", document.baseURI))
export default function (component) {{ pictures.then(module => module.render(component)) }}
"""
    css = Path(__file__).with_name("pictures.css").read_text()
    return st.components.v2.component("layerlab_live_pictures", html=_HTML, css=css, js=stub)
