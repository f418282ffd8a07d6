"""Parts of a page that refresh by themselves while something moves, and stop when nothing does.

Owns the idiom and the rule of how often. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

FEW = 4
FEW_S, LEAST_S, MOST_S = 0.5, 1.0, 3.0
VIEWERS_PER_S = 120

T = TypeVar("T")


def interval_s(viewers: int) -> float:
    """Twice a second for a few viewers, once when many watch, and less often for hundreds."""
    return FEW_S if viewers <= FEW else min(MOST_S, max(LEAST_S, viewers / VIEWERS_PER_S))


def refreshing(
    read: Callable[[], T],
    draw: Callable[[T], None],
    moves: Callable[[T], bool],
    *,
    moving: bool,
    every_s: float,
    key: str | None = None,
) -> None:
    """Draws what is read; with `moving`, again every so many seconds, and the whole page when nothing moves any more.

    `moving` is how the page around it was drawn.
    """

    def refreshed() -> None:
        seen = read()
        if moving and not moves(seen):
            st.rerun()  # else the timer of this fragment never stops
        draw(seen)

    st.fragment(refreshed, run_every=every_s if moving else None, key=key)()
