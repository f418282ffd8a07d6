"""The language of one visitor: by the address, the server, the browser; kept from page to page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.kit import language

APP = str(Path(__file__).parents[3] / "app.py")


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def start(app: AppTest) -> str:
    return app.button(key="home/train").label


def test_the_address_decides() -> None:
    assert start(opened(lang="zh")) == "训练文档中的网络"
    assert start(opened(lang="en")) == "Train the document's network"


@pytest.mark.parametrize("nonsense", ["", "klingon", "<script>", "zh" * 5000])
def test_an_address_that_names_no_language_is_passed_over(nonsense: str) -> None:
    assert start(opened(lang=nonsense)) == "Train the document's network"


def test_the_server_decides_where_the_address_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_LANGUAGE", "zh")
    assert start(opened()) == "训练文档中的网络"
    assert start(opened(lang="en")) == "Train the document's network"


def test_the_switch_offers_the_other_language_and_puts_it_into_the_address() -> None:
    app = opened(lang="en")
    app.button(key="kit/language/zh").click().run()
    assert not app.exception
    assert start(app) == "训练文档中的网络"
    assert app.query_params[language.PARAMETER] in ("zh", ["zh"])
    assert app.button(key="kit/language/en").label == "English"


def test_what_was_chosen_stays_when_a_page_switch_clears_the_address() -> None:
    app = opened(lang="zh")
    del app.query_params[language.PARAMETER]
    app.switch_page("pages/draw.py").run()
    assert app.query_params[language.PARAMETER] in ("zh", ["zh"])
