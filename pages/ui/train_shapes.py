"""What each layer of the draft makes of its input, known as soon as torch is loaded, and never waited for.

Owns the one background warm-up of the shape reports and the short poll that fills them in.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import streamlit as st

from lab.presets import preset
from lab.spec import NetworkSpec
from lab.warm import HEAD_START_S, torch_ready
from pages.ui.train_link import DEFAULT_PRESET

if TYPE_CHECKING:
    from lab.network import LayerReport

_begun = threading.Lock()
_ready = threading.Event()


def _warm() -> None:
    if not torch_ready():
        time.sleep(HEAD_START_S)  # the page in hand leaves the server first
    from lab.network import layer_reports

    layer_reports(preset(DEFAULT_PRESET).network)
    _ready.set()


def reports(network: NetworkSpec) -> tuple[LayerReport, ...] | None:
    """The report of every layer, or None while torch is still loading."""
    if not _ready.is_set():
        if _begun.acquire(blocking=False):
            threading.Thread(target=_warm, name="shape-reports", daemon=True).start()
        return None
    from lab.network import layer_reports

    return layer_reports(network)


@st.fragment(run_every=0.4)
def fill_in_when_ready() -> None:
    """Draws the page again once the shapes can be known; place it only while they cannot."""
    if _ready.is_set():
        st.rerun()
