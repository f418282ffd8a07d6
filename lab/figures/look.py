"""How the lab looks: each colour by its name, in the light theme and in the dark, and the type of headings.

Owns the palette, the one place with colours in hex; `.streamlit/config.toml` holds the same, and a test that it does.
Knows no curve and no page.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, TypeAlias

Theme: TypeAlias = MappingProxyType[str, str]

# The names are those of Streamlit's variables in CSS: "orange-text" is --st-orange-text-color.
LIGHT: Theme = MappingProxyType(
    {
        "primary": "#0770b2",
        "background": "#ffffff",
        "secondary-background": "#f4f6f8",
        "text": "#0f1923",
        "border": "#dbe1e7",
        "link": "#0770b2",
        "code-background": "#f4f6f8",
        "code-text": "#0f1923",
        "blue": "#0877bd",
        "orange": "#f59322",
        "orange-text": "#9a5200",
        "gray": "#64707d",
    }
)
DARK: Theme = MappingProxyType(
    {
        "primary": "#4aa8e0",
        "background": "#11161c",
        "secondary-background": "#1b222b",
        "text": "#e4e9ee",
        "border": "#323c48",
        "link": "#6db9ec",
        "code-background": "#1b222b",
        "code-text": "#e4e9ee",
        "blue": "#4aa8e0",
        "orange": "#f5a64a",
        "orange-text": "#f7b76c",
        "gray": "#94a0ad",
    }
)
# What Streamlit has no name for: an input that is wrong, and the value that a lesson is at.
OWN_LIGHT: Theme = MappingProxyType({"wrong": "#bd2b2b", "lit": "#ffd54f"})
OWN_DARK: Theme = MappingProxyType({"wrong": "#ff8585", "lit": "#b8860b"})
# On a narrow screen the pages are listed at the side.
SIDEBAR_LIGHT: Theme = MappingProxyType({"background": "#f4f6f8", "secondary-background": "#ffffff"})
SIDEBAR_DARK: Theme = MappingProxyType({"background": "#161c23", "secondary-background": "#232c37"})

CATEGORICAL_LIGHT = (
    "#0877bd", "#f59322", "#2a9d6f", "#c2477f", "#7b61c9", "#8a6d3b", "#3fa7b5", "#cf4f46", "#6b7785", "#98a02e",
)  # fmt: skip
CATEGORICAL_DARK = (
    "#4aa8e0", "#f5a64a", "#4fc08d", "#e07bab", "#a08cf0", "#c3a26a", "#62c6d3", "#ea7a72", "#94a0ad", "#bcc455",
)  # fmt: skip
SEQUENTIAL_LIGHT = (
    "#eef5fb", "#d3e6f4", "#b2d5ed", "#8cc1e4", "#62acda", "#3a98d0", "#1b86c6", "#0877bd", "#07609a", "#064d7c",
)  # fmt: skip
SEQUENTIAL_DARK = (
    "#12293a", "#123a56", "#104c73", "#0e5f92", "#0c71af", "#1684c8", "#3a9ad6", "#62b0e0", "#92c9ea", "#c5e2f4",
)  # fmt: skip
DIVERGING_LIGHT = (
    "#8f4a00", "#c0690a", "#f59322", "#f9b970", "#fde3c4", "#d3e6f4", "#8cc1e4", "#3a98d0", "#0877bd", "#064d7c",
)  # fmt: skip
DIVERGING_DARK = (
    "#ffd9a8", "#fbb96a", "#f59322", "#a8641a", "#4b3520", "#1d3a50", "#155a86", "#1684c8", "#62b0e0", "#c5e2f4",
)  # fmt: skip

POSITIVE, NEGATIVE = "blue", "orange"

Figure: TypeAlias = dict[str, Any]
"""A figure as Plotly takes it, with colours by name: "@blue", "@blue/0.2", and "@chart-1" to "@chart-10"."""
Rgb: TypeAlias = tuple[int, int, int]

NO_BUTTONS = {"remove": ["zoom", "pan", "zoomin", "zoomout", "resetscale", "toimage"]}
"""For a figure too small or too plain to zoom into."""


def heading(text: str) -> Figure:
    """The title of a figure, at the left above its axes."""
    return {"text": text, "x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 14}}


def colour(name: str, dark: bool = False) -> str:
    """A colour in hex, for what no style sheet reaches.

    Raises: KeyError for a name that the palette does not have.
    """
    return (DARK | OWN_DARK if dark else LIGHT | OWN_LIGHT)[name]


def rgb(name: str, dark: bool = False) -> Rgb:
    """A colour as red, green and blue, each from 0 to 255."""
    red, green, blue = bytes.fromhex(colour(name, dark)[1:])
    return red, green, blue


def css(name: str, share: float = 1.0) -> str:
    """A colour for a style sheet, which follows the theme by itself; a share below 1 lets the paper through."""
    both = f"light-dark({colour(name)}, {colour(name, dark=True)})"
    return both if share == 1 else f"color-mix(in srgb, {both} {100 * share:g}%, transparent)"


def css_variables(selector: str = ":host") -> str:
    """The colours that Streamlit has no name for, as `--lab-wrong-color` and `--lab-lit-color`."""
    return f"{selector} {{ {' '.join(f'--lab-{name}-color: {css(name)};' for name in OWN_LIGHT)} }}"
