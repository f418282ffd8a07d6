"""Digits as people drew them with a pen, where this machine has them, and a hand that draws them in a browser.

Owns finding the strokes and replaying them as pointer events. Knows no model.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.support.served import ROOT

Stroke = list[list[float]]
SHARE = 0.6  # of the pad that the longer side of a digit fills


@dataclass(frozen=True)
class PenDigit:
    """What was to be written, and the strokes; the longer side of the drawing is 1."""

    label: int
    strokes: tuple[Stroke, ...]


# Where there are no pen digits, a seven stands in.
SEVEN = PenDigit(7, ([[i / 12, 0.05] for i in range(9)] + [[0.66 - i / 30, i / 10] for i in range(1, 11)],))


def pen_digits() -> list[PenDigit]:
    """The pen digits beside the checkout, or of the folder that LAB_TEST_DATA names; none where there are none."""
    given = os.environ.get("LAB_TEST_DATA")
    for folder in [Path(given), Path(given).parent] if given else [ROOT.parent / "shared" / "data"]:
        path = folder / "pen" / "strokes.json"
        if path.is_file():
            rows = json.loads(path.read_text(encoding="utf-8"))
            return [PenDigit(row["label"], tuple(row["strokes"])) for row in rows]
    return []


def write(page: Page, digit: PenDigit, *, pause_s: float = 0.0) -> None:
    """Draws the digit on the pad with the mouse, `pause_s` between points."""
    pad = page.get_by_test_id("pad").locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    scale = SHARE * box["width"]
    points = [point for stroke in digit.strokes for point in stroke]
    left = box["x"] + (box["width"] - scale * max(x for x, _ in points)) / 2
    top = box["y"] + (box["height"] - scale * max(y for _, y in points)) / 2
    trace(page, digit, left, top, scale, pause_s=pause_s)


def trace(
    page: Page, digit: PenDigit, left: float, top: float, scale: float, *, pause_s: float = 0.0
) -> None:
    """Pulls the mouse along the digit's strokes, whose unit is `scale` pixels of the screen."""
    for stroke in digit.strokes:
        places = [(left + scale * x, top + scale * y) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
            if pause_s:
                time.sleep(pause_s)
        page.mouse.up()
