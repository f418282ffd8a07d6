"""The one place that knows streamlit-drawable-canvas: a wide canvas, read as pen strokes.

Owns how Fabric's objects become strokes, and how the canvas fits its column. Knows no model and no framing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from lab.figures.look import colour
from lab.ink.drawing import Drawing, InkError, parse_drawing
from lab.texts import text
from pages.ui.kit.component import component, page_style
from pages.ui.kit.figure import is_dark

HEIGHT = 220
WIDEST, NARROWEST = 900, 200
BRUSH = 14
PIECES = 6  # straight pieces that stand for one curve between two points of the pen
MAX_COMMANDS = 50_000
_ROOM_KEY = "draw/column-width"


def wide_canvas(key: str, initial: dict[str, Any] | None) -> tuple[Drawing, dict[str, Any] | None]:
    """Shows the canvas; returns its strokes, and its own record of them to restore it from later.

    The record is None until the browser has said how wide the column is, a moment after the view opens.
    Raises: InkError, for a record that cannot be a drawing.
    """
    with st.container(gap=None):
        room = _room(f"{key}-room")
        if room is None:
            return drawing_of(initial, WIDEST), None
        width = max(room, math.ceil(_reach(key, initial)))
        page_style("draw/wide_canvas", key=key.replace("/", "-"), zoom=f"{room / width:.4f}")
        record = _canvas(key, initial, width)
    return drawing_of(record, width), record


def _canvas(key: str, initial: dict[str, Any] | None, width: int) -> dict[str, Any] | None:
    from streamlit_drawable_canvas import st_canvas

    dark = is_dark()
    result = st_canvas(
        stroke_width=BRUSH,
        stroke_color=colour("text", dark),
        background_color=colour("secondary-background", dark),
        width=width,
        height=HEIGHT,
        drawing_mode="freedraw",
        initial_drawing=initial,
        key=key,
    )
    record: dict[str, Any] | None = result.json_data
    return record


def _room(key: str) -> int | None:
    """The width that the column has for the canvas; None until the browser has told."""
    told = component("draw/room")(key=key, on_px_change=lambda: None).px
    if isinstance(told, int | float):
        st.session_state[_ROOM_KEY] = int(min(WIDEST, max(NARROWEST, told)))
    room: int | None = st.session_state.get(_ROOM_KEY)
    return room


def _reach(key: str, initial: Mapping[str, Any] | None) -> float:
    """How far to the right there is ink, with its brush; what cannot be read reaches nowhere."""
    state = st.session_state.get(key)
    shown = state.get("drawing") if state else None
    try:
        drawing = drawing_of(shown.get("raw") if isinstance(shown, Mapping) else initial, WIDEST)
    except InkError:
        return 0.0
    return 0.0 if drawing.is_empty else min(WIDEST, drawing.bounds()[2] + drawing.brush)


def drawing_of(record: Mapping[str, Any] | None, width: float) -> Drawing:
    """The strokes in Fabric's record of a canvas; objects that are no strokes are left out.

    Raises: InkError, naming what cannot be read.
    """
    objects = (record or {}).get("objects") or []
    strokes: list[list[list[float]]] = []
    brushes: list[float] = []
    for each in objects if isinstance(objects, Sequence) else []:
        if not isinstance(each, Mapping) or str(each.get("type")).lower() != "path":
            continue
        try:
            strokes += _strokes_of(each)
            brushes.append(float(each.get("strokeWidth", BRUSH)))
        except (TypeError, ValueError, IndexError) as error:
            problem = text("draw.several.bad_stroke", stroke=len(strokes), reason=error)
            raise InkError(problem) from error
    brush = max(brushes, default=float(BRUSH))
    return parse_drawing(strokes, width=width, height=HEIGHT, brush=brush)


def _strokes_of(path: Mapping[str, Any]) -> list[list[list[float]]]:
    commands = path.get("path") or []
    if len(commands) > MAX_COMMANDS:
        raise ValueError(text("draw.several.too_many", n=len(commands), most=MAX_COMMANDS))
    strokes: list[list[list[float]]] = []
    for name, point in _walked(commands):
        if name == "M":
            strokes.append([])
        strokes[-1].append(point)
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return []
    low, high = [min(p[i] for p in points) for i in (0, 1)], [max(p[i] for p in points) for i in (0, 1)]
    middle = [(low[axis] + high[axis]) / 2 for axis in (0, 1)]
    placed = _placement(path, middle, [high[axis] - low[axis] for axis in (0, 1)])
    return [[placed(point) for point in stroke] for stroke in strokes]


def _walked(commands: Sequence[Sequence[Any]]) -> Iterator[tuple[str, list[float]]]:
    """The points of a path, curves as short straight pieces."""
    at = [0.0, 0.0]
    for command in commands:
        name, numbers = str(command[0]), [float(value) for value in command[1:]]
        end = numbers[-2:]
        if name == "Q":
            control = numbers[:2]
            for piece in range(1, PIECES):
                t = piece / PIECES
                yield (
                    name,
                    [
                        (1 - t) ** 2 * at[axis] + 2 * t * (1 - t) * control[axis] + t**2 * end[axis]
                        for axis in (0, 1)
                    ],
                )
        elif name not in ("M", "L"):
            continue
        yield name, end
        at = end


def _placement(path: Mapping[str, Any], middle: list[float], extent: list[float]) -> Any:
    """Where Fabric shows a point of the path: moved, scaled and turned as a person edited it."""
    scale = [float(path.get("scaleX", 1)), float(path.get("scaleY", 1))]
    turn = math.radians(float(path.get("angle", 0)))
    cos, sin = math.cos(turn), math.sin(turn)
    if path.get("flipX"):
        scale[0] = -scale[0]
    if path.get("flipY"):
        scale[1] = -scale[1]
    width = float(path.get("strokeWidth", BRUSH))
    origin = {"left": -0.5, "top": -0.5, "center": 0.0, "right": 0.5, "bottom": 0.5}
    share = [origin.get(path.get("originX", "left"), -0.5), origin.get(path.get("originY", "top"), -0.5)]
    size = [abs(scale[axis]) * (extent[axis] + width) for axis in (0, 1)]
    corner = [share[axis] * size[axis] for axis in (0, 1)]
    centre = [
        float(path.get("left", 0)) - (corner[0] * cos - corner[1] * sin),
        float(path.get("top", 0)) - (corner[0] * sin + corner[1] * cos),
    ]

    def placed(point: list[float]) -> list[float]:
        x, y = ((point[axis] - middle[axis]) * scale[axis] for axis in (0, 1))
        return [centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos]

    return placed
