"""Draw a digit: the answer while the pen moves, and how it comes about."""

from __future__ import annotations

import streamlit as st

from pages.ui.draw_pad import pad, receive
from pages.ui.owner import remember_owner

st.title("Draw a digit")
st.caption("Write a digit: the network answers while you draw, and shows how it comes to its answer.")
remember_owner()


@st.fragment(key="draw-live")
def live() -> None:
    """The pad, following the pen."""
    pad(receive(), [], lambda: None)


live()
