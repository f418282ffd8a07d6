"""The document's pipeline as a line of nine stations, each opening the page where it happens.

Owns the stations' words and pictures. Knows nothing of what the pages do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui.kit.component import component


@dataclass(frozen=True)
class Station:
    """One step of the pipeline: its name, what it is, the page it opens, and its drawing on a 24 x 24 grid."""

    name: str
    summary: str
    page: str
    page_title: str
    drawing: str

    @property
    def path(self) -> str:
        """The page's address, as a link needs it."""
        return Path(self.page).stem


_TRAIN = ("pages/train.py", "Train")
_RUNS = ("pages/runs.py", "Runs")
_DRAW = ("pages/draw.py", "Draw")

STATIONS = (
    Station(
        "Preprocess",
        "Clean the images and normalise their pixels.",
        *_TRAIN,
        '<path d="M4 20V13h4v7M10 20V5h4v15M16 20v-9h4v9"/><path d="M3 20h18"/>',
    ),
    Station(
        "Augment",
        "Turn, shift and stretch them for variety.",
        *_TRAIN,
        '<path d="M4 8h9v9H4z"/><path class="b" d="m13 4 7.5 3.6-3.7 7.5-7.5-3.6z"/>',
    ),
    Station(
        "Load",
        "Shuffle them and deal them out in batches.",
        *_TRAIN,
        '<path d="m12 3 9 5-9 5-9-5z"/><path d="m3 12 9 5 9-5"/><path class="b" d="m3 16 9 5 9-5"/>',
    ),
    Station(
        "Build",
        "Stack layers into a network.",
        *_TRAIN,
        '<path d="m7 7 10 5M7 17l10-5"/><path class="b" d="M7 7v10"/>'
        '<circle class="f" cx="6" cy="6" r="2.6"/><circle class="f" cx="6" cy="18" r="2.6"/>'
        '<circle class="f b" cx="18" cy="12" r="2.6"/>',
    ),
    Station(
        "Train",
        "Follow the gradient, batch after batch.",
        *_TRAIN,
        '<path d="M3 3v18h18"/><path class="b" d="M6 5c2 9 5 12 14 12.5"/>',
    ),
    Station(
        "Evaluate",
        "Test on images the network never saw.",
        *_RUNS,
        '<circle cx="12" cy="12" r="9"/><path class="b" d="m8 12.2 2.8 2.8L16 9.4"/>',
    ),
    Station(
        "Optimise",
        "Change one setting, compare the curves.",
        *_TRAIN,
        '<path d="M3 7h9M17 7h4M3 17h3M11 17h10"/><circle class="b" cx="14.5" cy="7" r="2.5"/>'
        '<circle cx="8.5" cy="17" r="2.5"/>',
    ),
    Station(
        "Fine-tune",
        "Go on from what a run has learned.",
        *_RUNS,
        '<path d="M20 12a8 8 0 1 1-2.6-5.9"/><path d="M20.5 3v4.5H16"/><path class="b" d="M12 8v8M8 12h8"/>',
    ),
    Station(
        "Deploy",
        "Let it read the digits you draw.",
        *_DRAW,
        '<path d="M4 20l1-4L16 5l3 3L8 19z"/><path class="b" d="M13 20h8"/>',
    ),
)


def pipeline() -> None:
    """Draws the nine stations; choosing one opens its page."""
    choice = component("home/map")(key="home/pipeline", data=_data(), on_station_change=_noted).station
    if isinstance(choice, int) and 0 <= choice < len(STATIONS):
        st.switch_page(STATIONS[choice].page)


def _noted() -> None:
    """Streamlit keeps a trigger's value only where something listens to it."""


def _data() -> dict[str, Any]:
    stations = [
        {
            "path": station.path,
            "spoken": _spoken(index, station),
            "drawing": station.drawing,
            "title": f"{index + 1}. {station.name}",
            "summary": station.summary,
            "page": station.page_title,
        }
        for index, station in enumerate(STATIONS)
    ]
    return {"name": "The pipeline in nine stations", "stations": stations}


def _spoken(index: int, station: Station) -> str:
    return f"{index + 1}. {station.name}: {station.summary} Opens {station.page_title}."
