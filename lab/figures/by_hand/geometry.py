"""Where the neurons, edges and labels of a small network stand in its picture.

Owns two layouts of the same network: left to right for a wide screen, top to bottom for a narrow one.
Knows sizes only, no values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

GAP, LOSS_GAP, MARGIN = 226.0, 96.0, 14.0
PITCH = 112.0
INPUT, UNIT, LOSS, BIAS = (100.0, 66.0), (176.0, 88.0), (124.0, 78.0), (66.0, 44.0)
LABEL = (74.0, 46.0)
# With more edges than this, only the lit ones are labelled.
CROWDED = 44
NARROW_PITCH, NARROW_GAP = 84.0, 96.0
NARROW_INPUT, NARROW_UNIT, NARROW_LOSS, NARROW_BIAS = (70.0, 44.0), (78.0, 92.0), (150.0, 52.0), (46.0, 36.0)


@dataclass(frozen=True)
class Box:
    """A rectangle by its centre."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """The area that two boxes share."""
        across = (self.width + other.width) / 2 - abs(self.x - other.x)
        down = (self.height + other.height) / 2 - abs(self.y - other.y)
        return max(across, 0.0) * max(down, 0.0)


Point = tuple[float, float]


@dataclass(frozen=True)
class Geometry:
    """One layout: the size of the picture, the boxes of its nodes, the ends of its edges, the label places."""

    width: float
    height: float
    stacked: bool
    nodes: dict[str, Box]
    edges: dict[str, tuple[Point, Point]]
    labels: dict[str, Point]


def columns(sizes: tuple[int, ...]) -> list[list[str]]:
    """The node names of each column: inputs with their bias, units with the next bias, the loss."""
    found = [[*(f"x{place}" for place in range(1, sizes[0] + 1)), "bias1"]]
    number = 1
    for layer, size in enumerate(sizes[1:], start=1):
        column = [f"u{number + place}" for place in range(size)]
        number += size
        found.append([*column, f"bias{layer + 1}"] if layer < len(sizes) - 1 else column)
    return [*found, ["J"]]


def connections(sizes: tuple[int, ...]) -> list[tuple[str, str, str]]:
    """Every edge as (name, from, to): weights, biases, and the outputs' way into the loss."""
    stations = columns(sizes)
    found = []
    for before, after in pairwise(stations[:-1]):
        for unit in (name for name in after if name.startswith("u")):
            for source in before:
                edge = f"b{unit[1:]}" if source.startswith("bias") else f"w{unit[1:]}_{source[1:]}"
                found.append((edge, source, unit))
    return found + [(f"e{unit[1:]}", unit, "J") for unit in stations[-2]]


def _extent(name: str, narrow: bool) -> tuple[float, float]:
    if name.startswith("bias"):
        return NARROW_BIAS if narrow else BIAS
    sizes = (
        {"x": NARROW_INPUT, "u": NARROW_UNIT, "J": NARROW_LOSS}
        if narrow
        else {"x": INPUT, "u": UNIT, "J": LOSS}
    )
    return sizes[name[0]]


def _wide_nodes(sizes: tuple[int, ...]) -> tuple[float, float, dict[str, Box]]:
    stations = columns(sizes)
    height = PITCH * max(len(column) for column in stations) + 2 * MARGIN
    nodes, left = {}, MARGIN
    for column in stations:
        width = max(_extent(name, False)[0] for name in column)
        top = (height - PITCH * len(column)) / 2
        for row, name in enumerate(column):
            nodes[name] = Box(left + width / 2, top + PITCH * (row + 0.5), *_extent(name, False))
        left += width + (LOSS_GAP if column is stations[-2] else GAP)
    return left - GAP + MARGIN, height, nodes


def _narrow_nodes(sizes: tuple[int, ...]) -> tuple[float, float, dict[str, Box]]:
    stations = columns(sizes)
    width = NARROW_PITCH * max(len(column) for column in stations) + 2 * MARGIN
    nodes, top = {}, MARGIN
    for column in stations:
        height = max(_extent(name, True)[1] for name in column)
        left = (width - NARROW_PITCH * len(column)) / 2
        for row, name in enumerate(column):
            nodes[name] = Box(left + NARROW_PITCH * (row + 0.5), top + height / 2, *_extent(name, True))
        top += height + (NARROW_GAP / 2 if column is stations[-2] else NARROW_GAP)
    return width, top - NARROW_GAP + MARGIN, nodes


SHARES = 0.14 + 0.03 * np.arange(25)
ROUNDS = 6


def _place_labels(edges: dict[str, tuple[Point, Point]], nodes: dict[str, Box]) -> dict[str, Point]:
    """A place on each edge for its label; every round moves each to where it covers least of others and nodes."""
    ends = np.array(list(edges.values()))
    places = ends.mean(axis=1)
    spots = ends[:, None, 0] + SHARES[None, :, None] * (ends[:, None, 1] - ends[:, None, 0])
    centres = np.array([(box.x, box.y) for box in nodes.values()])
    reach = (np.array([(box.width, box.height) for box in nodes.values()]) + LABEL) / 2
    hidden = np.maximum(0, reach - np.abs(spots[:, :, None] - centres)).prod(axis=3).sum(axis=2)
    cost = 40 * np.abs(SHARES - 0.5) + 2 * hidden
    for _ in range(ROUNDS if len(edges) <= CROWDED else 0):
        for place in range(len(edges)):
            others = np.delete(places, place, axis=0)
            shared = np.maximum(0, np.array(LABEL) - np.abs(spots[place][:, None] - others[None]))
            places[place] = spots[place][np.argmin(shared.prod(axis=2).sum(axis=1) + cost[place])]
    return {name: (float(x), float(y)) for name, (x, y) in zip(edges, places, strict=True)}


@lru_cache(maxsize=64)
def geometry(sizes: tuple[int, ...], narrow: bool = False) -> Geometry:
    """The layout of a network of these sizes."""
    width, height, nodes = _narrow_nodes(sizes) if narrow else _wide_nodes(sizes)
    edges = {}
    for name, source, target in connections(sizes):
        start, end = nodes[source], nodes[target]
        if narrow:
            edges[name] = ((start.x, start.y + start.height / 2), (end.x, end.y - end.height / 2))
        else:
            edges[name] = ((start.x + start.width / 2, start.y), (end.x - end.width / 2, end.y))
    return Geometry(width, height, narrow, nodes, edges, _place_labels(edges, nodes))
