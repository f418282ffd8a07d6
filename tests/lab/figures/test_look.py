"""One palette: what Streamlit is told is what figures, pictures and style sheets use."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from lab.figures import look

ROOT = Path(__file__).resolve().parents[3]
THEME = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]


def as_in_config(name: str) -> str:
    """ "orange-text" as Streamlit's configuration writes it: orangeTextColor."""
    return re.sub("-([a-z])", lambda letter: letter[1].upper(), name) + "Color"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_streamlit_is_told_the_colours_of_the_palette_and_no_others(theme: str) -> None:
    def told(names: str) -> dict[str, str]:
        return {as_in_config(name): value for name, value in getattr(look, names).items()}

    expected: dict[str, object] = {**told(theme.upper()), "sidebar": told(f"SIDEBAR_{theme.upper()}")}
    for kind in ("Categorical", "Sequential", "Diverging"):
        expected[f"chart{kind}Colors"] = list(getattr(look, f"{kind}_{theme}".upper()))
    assert THEME[theme] == expected


def test_both_themes_have_the_same_names() -> None:
    assert look.LIGHT.keys() == look.DARK.keys()
    assert look.OWN_LIGHT.keys() == look.OWN_DARK.keys()
