"""The picture of the draft's network, as soon as its shapes are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lab.figures.network.blocks import HEIGHT, network_picture_data
from pages.ui.kit.network_picture import show_network
from pages.ui.train.draft import Draft

if TYPE_CHECKING:
    from lab.network.report import LayerReport


def network_view(draft: Draft, reports: tuple[LayerReport, ...] | None) -> None:
    """The network from the image to the outputs; a placeholder of the same height while torch loads."""
    if reports is None:
        st.skeleton(height=int(HEIGHT))
        return
    data = network_picture_data(
        draft.layers, [report.out_shape for report in reports], [report.error for report in reports]
    )
    show_network(data, key="train/picture")
