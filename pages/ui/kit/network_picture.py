"""Puts the picture of a network on a page: while it is configured, and coloured while it trains.

Owns the component, because a page's plain HTML lets no SVG through. Every word in the picture is the lab's own.
"""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from lab.figures.network.picture import NetworkPicture, network_picture

_SHOW = """
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".picture")
  if (place.dataset.shown === data.picture) return
  place.innerHTML = data.picture
  place.dataset.shown = data.picture
}
"""
_picture = st.components.v2.component(
    "layerlab_network_picture", html="<div class='picture'></div>", js=_SHOW
)


def show_network(data: NetworkPicture, key: str) -> None:
    """The picture in the width of its container; it changes in place when its data change."""
    _picture(data={"picture": _drawn(data)}, key=key)


@lru_cache(maxsize=32)
def _drawn(data: NetworkPicture) -> str:
    """The picture, drawn once for all who look at it."""
    return network_picture(data)
