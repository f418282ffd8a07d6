"""The store as pages reach it: one handle per server and data folder.

Owns opening it and starting a run for the person at this browser. Knows no widget.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lab.paths import lab_home
from lab.runner.warm import wake_runner
from lab.runs.store import Store
from lab.spec import RunSpec
from pages.ui.kit.owner import owner


def store() -> Store:
    """The runs of this lab.

    Raises: OSError, in words to show, when the data folder or the store cannot be used.
    """
    return _opened(lab_home())


@st.cache_resource(show_spinner=False)
def _opened(home: Path) -> Store:
    # Only a handle to what can be found again: any session may clear this cache.
    return Store(home)


def start_run(spec: RunSpec, title: str = "") -> str:
    """Submits a run for this person and returns its id.

    Raises: OSError, in words to show, when it cannot be kept.
    """
    run_id = store().submit(spec, owner(), title)
    wake_runner()
    return run_id
