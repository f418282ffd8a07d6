"""Pictures of networks, drawn and read again."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from lab.figures.network.picture import (
    NetworkPicture,
    network_picture,
    network_picture_data,
)
from lab.network.report import layer_reports
from lab.presets import preset


def drawn(data: NetworkPicture) -> ElementTree.Element:
    html = network_picture(data)
    return ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def picture_of(name: str) -> NetworkPicture:
    network = preset(name).network
    return network_picture_data(network.layers, [report.out_shape for report in layer_reports(network)])
