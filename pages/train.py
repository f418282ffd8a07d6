"""Train: choose a preset, change what you like, press Start."""

from __future__ import annotations

import streamlit as st

from lab.texts import text
from pages.ui.kit.entry import through_app
from pages.ui.kit.figure import preload_figures
from pages.ui.kit.owner import remember_owner
from pages.ui.train.data import data_notice
from pages.ui.train.draft import marked
from pages.ui.train.layers import layer_editor
from pages.ui.train.network import network_view
from pages.ui.train.presets import preset_choice
from pages.ui.train.recipe import recipe
from pages.ui.train.start import open_started_run, start_bar
from pages.ui.train.state import ADDRESS, current, follow_address, write_address
from pages.ui.train.verdict import fill_in_when_ready, verdict

through_app()
st.title(text("train.page"))
st.caption(text("train.promise"))
follow_address()
open_started_run()
draft = current()
known = verdict(draft.spec)
reports = known.reports if known else None
shown = marked(draft, known.errors if known else ())

ADDRESS.notice()
preset_choice(draft)
data_notice(draft)

network, recipe_place = st.columns([3, 2], gap="large")
with network:
    network_view(shown, reports)
    layer_editor(shown, reports)
with recipe_place:
    recipe(shown, ready=known is not None)

start_bar(draft, known)
write_address()
if known is None:
    fill_in_when_ready()
remember_owner()
preload_figures()
