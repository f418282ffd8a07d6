"""Layer Lab: page configuration and the table of pages. Imports neither torch nor a page's own needs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lab.figures.look import css
from lab.runner.warm import keep_warm
from pages.ui.kit.component import page_style
from pages.ui.kit.figure import is_dark

# A file, not a :material/ icon: Streamlit fetches those for the tab from another machine.
ICON = str(Path(__file__).parent / "static" / "icon.svg")

st.set_page_config(page_title="Layer Lab", page_icon=ICON, layout="wide")
st.logo(ICON, size="medium")
page_style("kit/every_page", scheme="dark" if is_dark() else "light", background=css("background"))

PAGES = [
    st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
    st.Page("pages/runs.py", title="Runs", icon=":material/monitoring:"),
    st.Page("pages/by_hand.py", title="By hand", icon=":material/function:"),
    st.Page("pages/draw.py", title="Draw", icon=":material/draw:"),
]

try:
    st.navigation(PAGES, position="top").run()
finally:  # also when the page stopped or switched
    keep_warm()
