"""Draw a digit: the answer while the pen moves, and how it comes about."""

from __future__ import annotations

import streamlit as st

from lab.texts import text
from pages.ui.draw.live import DEPTH_KEY, LIVE_KEY, SHOWN_KEY, live
from pages.ui.draw.models import choose, ready, refresh_every
from pages.ui.draw.views import depth
from pages.ui.kit.entry import through_app
from pages.ui.kit.owner import remember_owner

through_app()
st.title(text("draw.title"))
st.caption(text("draw.promise"))

ready()
remember_owner()
options = choose()

st.session_state[SHOWN_KEY] = False
st.fragment(live, key=LIVE_KEY, run_every=refresh_every(options))(options)
st.fragment(depth, key=DEPTH_KEY)(options)
st.session_state[SHOWN_KEY] = True
