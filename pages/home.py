"""Home: what to do first, the pipeline as a map, recent runs, and what this machine has."""

from __future__ import annotations

import streamlit as st

from lab.texts import text
from pages.ui.home.machine import this_machine
from pages.ui.home.map import pipeline
from pages.ui.home.runs import recent_runs
from pages.ui.home.start import first_steps
from pages.ui.kit.entry import through_app
from pages.ui.kit.figure import preload_figures
from pages.ui.kit.owner import remember_owner

through_app()
st.title(text("home.name"), anchor=False)
st.caption(text("home.promise"))
first_steps()

st.subheader(text("home.map.title"), anchor=False)
with st.container(border=True):
    pipeline()

runs, machine = st.columns([2, 1], gap="large")
with runs:
    recent_runs()
with machine:
    this_machine()
remember_owner()
preload_figures()
