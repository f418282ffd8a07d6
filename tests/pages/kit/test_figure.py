"""What Plotly says by itself is said in the reader's language."""

from __future__ import annotations

from pathlib import Path

import plotly

from lab.texts import speaking
from pages.ui.kit.figure import words_of_plotly


def test_the_english_words_are_those_by_which_plotly_asks() -> None:
    script = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    assert [words for words in words_of_plotly() if f'"{words}"' not in script] == []


def test_each_has_words_of_the_readers_language() -> None:
    with speaking("zh"):
        assert words_of_plotly()["Zoom"] == "框选缩放"
    assert all(asked == told for asked, told in words_of_plotly().items())
