"""The address of the Runs page: one run (`?run=`), or the ones that are compared (`?compare=`).

Owns the names of its parameters, and what is said of a run that is not there.
"""

from __future__ import annotations

import streamlit as st

from lab.texts import text
from pages.ui.kit.address import Address

ADDRESS = Address("runs", ("run", "compare").__contains__)


def compared() -> list[str]:
    """The ids of the runs that the address compares, each once."""
    ids = ADDRESS.read().own.get("compare", "").split(",")
    return [run_id for run_id in dict.fromkeys(map(str.strip, ids)) if run_id]


def no_such_run(run_id: str) -> None:
    """Says that a run which the address names is not there."""
    words = text("runs.no_such_run", id=run_id[:60].replace("`", " "))
    st.warning(words, icon=":material/search_off:")
