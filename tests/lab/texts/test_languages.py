"""The language of whoever reads: told, asked, negotiated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.texts import languages
from lab.texts.languages import accepted, language, nearest, of_server, of_terminal, speaking


@pytest.fixture(autouse=True)
def _nobody_is_asked() -> Iterator[None]:
    yield
    languages.ask(lambda: None)


def test_english_unless_somebody_says_otherwise() -> None:
    assert language() == "en"
    languages.ask(lambda: "zh")
    assert language() == "zh"
    with speaking("en"):
        assert language() == "en"
    assert language() == "zh"


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        (["zh-CN"], "zh"),
        (["zh_Hans_CN.UTF-8"], "zh"),
        (["de-DE", "en-GB"], "en"),
        (["fr"], None),
        (["C.UTF-8", ""], None),
        ([" ZH "], "zh"),
    ],
)
def test_the_nearest_language_of_the_lab(tags: list[str], code: str | None) -> None:
    assert nearest(tags) == code


def test_the_header_of_a_browser_is_read_by_its_weights() -> None:
    assert accepted("en;q=0.5, zh-CN, fr;q=0") == ["zh-CN", "en"]
    assert accepted("de-DE,de;q=0.9,en-US;q=0.8") == ["de-DE", "de", "en-US"]
    assert accepted("") == []


@given(st.text(max_size=2000))
def test_no_header_breaks_it(header: str) -> None:
    assert nearest(accepted(header)) in (None, "en", "zh")


def test_the_server_and_the_terminal_are_set_by_their_environment() -> None:
    assert of_server({"LAB_LANGUAGE": "zh"}) == "zh"
    assert of_server({"LAB_LANGUAGE": "klingon"}) is None
    assert of_terminal({"LANG": "zh_CN.UTF-8"}) == "zh"
    assert of_terminal({"LAB_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}) == "en"
    assert of_terminal({"LANG": "C"}) == "en"
