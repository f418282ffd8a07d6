"""One palette: what Streamlit is told is what figures, pictures and style sheets use, and all of it can be read."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path

import pytest

from lab.figures import look
from lab.figures.runs.confusion import confusion_data, confusion_figure

ROOT = Path(__file__).resolve().parents[3]
THEME = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
HEX = re.compile(r"[\"' :(,]#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b|\b(?:rgb|hsl)a?\(\s*\d")
TEXTS = ("text", "link", "primary", "gray", "orange-text", "wrong")
PAPERS = ("background", "secondary-background")


def as_in_config(name: str) -> str:
    """As Streamlit's configuration writes it: orangeTextColor for orange-text."""
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


def test_a_colour_stands_in_the_palette_and_nowhere_else() -> None:
    files = {*ROOT.glob("lab/**/*.py"), *ROOT.glob("pages/**/*.py")} - {Path(look.__file__)}
    lines = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in sorted(files)
        for line in file.read_text().splitlines()
        if HEX.search(line)
    ]
    assert not lines, "colours by value; allowed: the names of lab.figures.look"


def luminance(colour: str) -> float:
    """Of a colour in hex. Source: WCAG 2.2, relative luminance."""
    shares = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21. Source: WCAG 2.2, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_largest_between_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # as WebAIM's checker says


@pytest.mark.parametrize(("text", "paper", "dark"), [*product(TEXTS, PAPERS, (False, True))])
def test_text_can_be_read_on_any_paper(text: str, paper: str, dark: bool) -> None:
    sidebar = look.SIDEBAR_DARK if dark else look.SIDEBAR_LIGHT
    for behind in (look.colour(paper, dark), sidebar[paper]):
        assert contrast(look.colour(text, dark), behind) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_words_of_a_primary_button_and_of_code_can_be_read(dark: bool) -> None:
    assert contrast(look.colour("background", dark), look.colour("primary", dark)) >= 4.5
    assert contrast(look.colour("code-text", dark), look.colour("code-background", dark)) >= 4.5


def over(colour: str, share: float, paper: str) -> str:
    """The colour laid over paper with an opacity."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(paper[1:]), strict=True)
    return "#" + bytes(round(share * top + (1 - share) * below) for top, below in pairs).hex()


@pytest.mark.parametrize("dark", [False, True])
def test_captions_and_choices_can_be_read_as_streamlit_draws_them(dark: bool) -> None:
    text, primary, paper = (look.colour(name, dark) for name in ("text", "primary", "background"))
    assert contrast(over(text, 0.6, paper), paper) >= 4.5  # a caption
    assert contrast(primary, over(primary, 0.1, paper)) >= 4.5  # what is chosen of several


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("tone", [look.POSITIVE, look.NEGATIVE])
def test_counts_can_be_read_on_the_strongest_tones_of_a_confusion_matrix(tone: str, dark: bool) -> None:
    heat = confusion_figure(confusion_data([[1, 0], [1, 0]]))["data"][0]
    assert [f"@{tone}/0.5" in stop for stop in heat["colorscale"]].count(True) == 1
    cell = over(look.colour(tone, dark), 0.5, look.colour("background", dark))
    assert contrast(look.colour(heat["textfont"]["color"][1:], dark), cell) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_pressed_stands_out_from_the_paper(dark: bool) -> None:
    assert all(contrast(look.colour("primary", dark), look.colour(paper, dark)) >= 3 for paper in PAPERS)
    assert contrast(look.colour("blue", dark), look.colour("background", dark)) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_colours_that_tell_series_apart_are_all_different(dark: bool) -> None:
    colours = look.CATEGORICAL_DARK if dark else look.CATEGORICAL_LIGHT
    assert colours[:2] == (look.colour(look.POSITIVE, dark), look.colour(look.NEGATIVE, dark))
    assert len(set(colours)) == 10


def test_a_colour_for_a_style_sheet_has_a_tone_for_each_theme() -> None:
    both = f"light-dark({look.LIGHT['blue']}, {look.DARK['blue']})"
    assert look.css("blue") == both
    assert look.css("blue", 0.2) == f"color-mix(in srgb, {both} 20%, transparent)"
    assert f"--lab-wrong-color: {look.css('wrong')};" in look.css_variables()


def test_a_name_that_the_palette_lacks_is_an_error() -> None:
    with pytest.raises(KeyError, match="bleu"):
        look.colour("bleu")


def test_every_colour_that_a_figure_names_is_in_the_palette() -> None:
    sources = "".join(file.read_text() for file in Path(look.__file__).parent.glob("*/*.py"))
    named = set(re.findall(r'"@([a-z-]+?)(?:/[\d.]+)?"', sources)) | {look.POSITIVE, look.NEGATIVE}
    series = {int(number) for number in re.findall(r'"@chart-(\d+)"', sources)}
    assert named <= look.LIGHT.keys()
    assert series <= set(range(1, 11))
