"""Home: what to do first, the pipeline as a map, recent runs, and what this machine has."""

from __future__ import annotations

import streamlit as st

from pages.ui.home_map import pipeline

st.title("Layer Lab")
st.caption("See a neural network learn: train it, watch every layer, take it apart, draw for it.")

st.subheader("From pixels to an answer, in nine stations", anchor=False)
with st.container(border=True):
    pipeline()
