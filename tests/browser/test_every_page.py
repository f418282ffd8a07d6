"""Every page in both languages, light and dark: nothing that keeps anybody out (WCAG AA), nothing beside the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lab.presets import preset
from lab.runs.store import Store
from lab.spec import changed
from tests.support.served import Server

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATHS = ["/", "/train", "/runs", "/runs?run={run}", "/draw", "/by_hand"]
TAGS = {"en": "en", "zh": "zh-Hans"}


@pytest.fixture(scope="module")
def run(server: Server) -> Iterator[str]:
    """A run that has finished."""
    spec = changed(changed(preset("softmax"), "epochs", 1), "data.train_samples", 500)
    store = Store(server.home)
    run_id = store.submit(spec)
    yield run_id
    store.close()


def opened(page: Page, path: str, language: str, run: str) -> None:
    path = path.format(run=run)
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    page.get_by_role("heading", level=1).first.wait_for()
    expect(page.locator("html")).to_have_attribute("lang", TAGS[language])
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_timeout(500)  # what fades in is compared with its last colours


def complaints(page: Page) -> list[str]:
    """What axe finds: its rule, and where."""
    options = {"runOnly": LEVELS, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", TAGS)
@pytest.mark.parametrize("path", PATHS)
def test_nothing_keeps_anybody_out(
    new_page: Callable[..., Page], run: str, path: str, language: str, dark: bool
) -> None:
    page = new_page(dark=dark)
    opened(page, path, language, run)
    assert complaints(page) == []


@pytest.mark.parametrize("on_a_phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", TAGS)
@pytest.mark.parametrize("path", PATHS)
def test_nothing_stands_beside_the_screen(
    new_page: Callable[..., Page], run: str, path: str, language: str, on_a_phone: bool
) -> None:
    page = new_page(phone=on_a_phone)
    opened(page, path, language, run)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("place => place.scrollWidth - place.clientWidth") <= 0
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
