"""The document's pipeline as a line of nine stations, each opening the page where it happens.

Owns the stations' words and pictures. Knows nothing of what the pages do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from lab.texts import Text, said, text
from pages.ui.kit.component import component


@dataclass(frozen=True)
class Station:
    """One step of the pipeline: its title, what it is, the page it opens, and its drawing on a 24 x 24 grid."""

    title: Text
    summary: Text
    page: str
    page_title: Text
    drawing: str

    @property
    def path(self) -> str:
        """The page's address, as a link needs it."""
        return Path(self.page).stem


_TRAIN = ("pages/train.py", said("train.page"))
_RUNS = ("pages/runs.py", said("runs.page"))
_DRAW = ("pages/draw.py", said("draw.page"))

STATIONS = (
    Station(
        said("home.map.preprocess.title"),
        said("home.map.preprocess.summary"),
        *_TRAIN,
        '<path d="M4 20V13h4v7M10 20V5h4v15M16 20v-9h4v9"/><path d="M3 20h18"/>',
    ),
    Station(
        said("home.map.augment.title"),
        said("home.map.augment.summary"),
        *_TRAIN,
        '<path d="M4 8h9v9H4z"/><path class="b" d="m13 4 7.5 3.6-3.7 7.5-7.5-3.6z"/>',
    ),
    Station(
        said("home.map.load.title"),
        said("home.map.load.summary"),
        *_TRAIN,
        '<path d="m12 3 9 5-9 5-9-5z"/><path d="m3 12 9 5 9-5"/><path class="b" d="m3 16 9 5 9-5"/>',
    ),
    Station(
        said("home.map.build.title"),
        said("home.map.build.summary"),
        *_TRAIN,
        '<path d="m7 7 10 5M7 17l10-5"/><path class="b" d="M7 7v10"/>'
        '<circle class="f" cx="6" cy="6" r="2.6"/><circle class="f" cx="6" cy="18" r="2.6"/>'
        '<circle class="f b" cx="18" cy="12" r="2.6"/>',
    ),
    Station(
        said("home.map.train.title"),
        said("home.map.train.summary"),
        *_TRAIN,
        '<path d="M3 3v18h18"/><path class="b" d="M6 5c2 9 5 12 14 12.5"/>',
    ),
    Station(
        said("home.map.evaluate.title"),
        said("home.map.evaluate.summary"),
        *_RUNS,
        '<circle cx="12" cy="12" r="9"/><path class="b" d="m8 12.2 2.8 2.8L16 9.4"/>',
    ),
    Station(
        said("home.map.optimise.title"),
        said("home.map.optimise.summary"),
        *_TRAIN,
        '<path d="M3 7h9M17 7h4M3 17h3M11 17h10"/><circle class="b" cx="14.5" cy="7" r="2.5"/>'
        '<circle cx="8.5" cy="17" r="2.5"/>',
    ),
    Station(
        said("home.map.finetune.title"),
        said("home.map.finetune.summary"),
        *_RUNS,
        '<path d="M20 12a8 8 0 1 1-2.6-5.9"/><path d="M20.5 3v4.5H16"/><path class="b" d="M12 8v8M8 12h8"/>',
    ),
    Station(
        said("home.map.deploy.title"),
        said("home.map.deploy.summary"),
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
    stations = [_shown(number, station) for number, station in enumerate(STATIONS, start=1)]
    return {"name": text("home.map.name"), "stations": stations}


def _shown(number: int, station: Station) -> dict[str, str]:
    title, summary, page = str(station.title), str(station.summary), str(station.page_title)
    return {
        "path": station.path,
        "spoken": text("home.map.spoken", number=number, title=title, summary=summary, page=page),
        "drawing": station.drawing,
        "title": text("home.map.station", number=number, title=title),
        "summary": summary,
        "page": page,
    }
