"""Train: choose a preset, change what you like, press Start."""

from __future__ import annotations

import streamlit as st

from pages.ui.train_layers import layer_editor
from pages.ui.train_network import network_view
from pages.ui.train_presets import link_notice, preset_choice
from pages.ui.train_recipe import recipe
from pages.ui.train_shapes import fill_in_when_ready, reports
from pages.ui.train_start import start_bar
from pages.ui.train_state import current, follow_address, write_address

follow_address()
draft = current()
shapes = reports(draft.spec.network)

st.title("Train")
st.caption(
    "Pick a network, change what you like, press Start. Every setting explains itself at its question mark."
)
link_notice()
preset_choice(draft)

network, recipe_place = st.columns([3, 2], gap="large")
with network:
    network_view(draft, shapes)
    layer_editor(draft, shapes)
with recipe_place:
    recipe(draft)

start_bar(draft, shapes)
write_address()
if shapes is None:
    fill_in_when_ready()
