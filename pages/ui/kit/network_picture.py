"""Puts the picture of a network on a page: while it is configured, and coloured while it trains.

Owns the component, because a page's plain HTML lets no SVG through. Every word in the picture is the lab's own.
"""

from __future__ import annotations

from functools import lru_cache

from lab.figures.network.picture import NetworkPicture, network_picture
from pages.ui.kit.component import component


def show_network(data: NetworkPicture, key: str) -> None:
    """The picture in the width of its container; it changes in place when its data change."""
    component("kit/network_picture")(data={"picture": _drawn(data)}, key=key)


@lru_cache(maxsize=32)
def _drawn(data: NetworkPicture) -> str:
    """The picture, drawn once for all who look at it."""
    return network_picture(data)
