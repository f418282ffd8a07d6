"""What the network sees while it learns, redrawn in place: first-layer weights and twelve answers.

Owns the seam to `static/runs/pictures.js`. Knows no run.
"""

from __future__ import annotations

from typing import Any

from pages.ui.kit.component import component


def live_pictures(data: dict[str, Any], *, key: str) -> None:
    """Draws {"weights", "answers"} as `lab.figures.runs.glance` makes them, with "texts", and again in place."""
    component("runs/pictures")(key=key, data=data)
