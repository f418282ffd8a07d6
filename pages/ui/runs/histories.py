"""What happened in the runs that somebody watches: read once per server, shared by all who watch.

Owns the shared histories and the pace of refreshing. Knows no widget.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import streamlit as st

from lab.runs.history import History
from pages.ui.kit.refreshing import interval_s
from pages.ui.kit.store import store

_KEPT = 64
_WATCHING_S = 5.0


@dataclass
class Past:
    """A run's history so far, how far it was read, and what was drawn from it at that point."""

    history: History = field(default_factory=History)
    seq: int = 0
    drawn: dict[object, object] = field(default_factory=dict)
    viewers: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pace_s(self) -> float:
        """How often its viewers' pages refresh."""
        return interval_s(len(self.viewers))


@st.cache_resource(show_spinner=False)
def _pasts() -> OrderedDict[str, Past]:
    return OrderedDict()


_choosing = threading.Lock()


def past(run_id: str, viewer: str = "") -> Past:
    """The run's past up to now; reads only what is new since anybody last asked."""
    with _choosing:
        known = _pasts().setdefault(run_id, Past())
        _pasts().move_to_end(run_id)
        while len(_pasts()) > _KEPT:
            _pasts().popitem(last=False)
    with known.lock:
        now = time.monotonic()
        if viewer:
            known.viewers[viewer] = now
        known.viewers = {who: at for who, at in known.viewers.items() if now - at < _WATCHING_S}
        new = store().events(run_id, known.seq)
        if new:
            known.history.extend(event for _, event in new)
            known.seq = new[-1][0]
            known.drawn.clear()
    return known
