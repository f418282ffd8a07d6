"""A real server and a real browser for the journeys; a failure of either fails the test.

`server` is one lab for the whole session, with MNIST where this machine has it; `start_lab` starts
another (empty data folder, other environment, to be stopped and started again); `page` is a fresh
browser tab; `new_page` opens more of them as other people would, each with its own session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from tests.support.served import Server, copy_mnist, launch, start_server

expect.set_options(timeout=20_000)

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test, marked or not."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def start_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts labs that end with the session: start_lab(home=None, mnist=True, env=None, port=None)."""
    started: list[Server] = []

    def start(
        home: Path | None = None,
        *,
        mnist: bool = True,
        env: dict[str, str] | None = None,
        port: int | None = None,
    ) -> Server:
        folder = home or tmp_path_factory.mktemp("lab")
        if mnist:
            copy_mnist(folder)
        server = start_server(folder, env=env, port=port)
        started.append(server)
        return server

    yield start
    for server in started:
        server.end()


@pytest.fixture(scope="session")
def server(start_lab: Callable[..., Server]) -> Server:
    """The lab that most journeys share: a data folder with MNIST where this machine has the files."""
    return start_lab()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens tabs of separate people: new_page(server=..., phone=False, dark=False, **context options).

    Every request to anywhere but the lab is aborted and fails the test, as do a chart that offers one, an
    error in the page and a traceback or a deprecation in the server's log. `page.goto("/train")` goes to the lab.
    """
    opened: list[tuple[Page, Server]] = []
    wrong: list[str] = []
    seen: dict[int, tuple[Server, int]] = {}

    def open_page(
        lab: Server | None = None, *, phone: bool = False, dark: bool = False, **options: Any
    ) -> Page:
        lab = lab or server
        seen.setdefault(id(lab), (lab, len(lab.log())))
        settings: dict[str, Any] = {
            "viewport": PHONE if phone else DESKTOP,
            "color_scheme": "dark" if dark else "light",
            "has_touch": phone,
            "base_url": lab.url,
            **options,
        }
        context = browser.new_context(**settings)
        context.set_default_timeout(20_000)

        def stay_home(route: Route) -> None:
            address = route.request.url
            if address.startswith((lab.url, "data:", "blob:")):
                route.continue_()
            else:
                wrong.append(f"asked another machine for {address}")
                route.abort()

        def read_console(message: ConsoleMessage) -> None:
            if message.type == "error" and "Uncaught" in message.text:
                wrong.append(f"console: {message.text}")

        context.route("**/*", stay_home)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        tab.on("console", read_console)
        opened.append((tab, lab))
        return tab

    yield open_page
    for tab, _ in opened:
        if not tab.is_closed() and tab.get_by_test_id("stException").count():
            shown = tab.get_by_test_id("stException").first.inner_text()
            wrong.append(f"the page shows an exception: {shown[:400]}")
        if not tab.is_closed() and tab.locator("[data-title^='Share chart']").count():
            wrong.append("a chart offers to be uploaded to another machine")
        tab.context.close()
    for lab, start in seen.values():
        printed = lab.log()[start:]
        for word in ("Traceback", "deprecated"):
            if word in printed:
                place = printed.index(word)
                wrong.append(
                    f"the server's log says {word!r}:\n{printed[max(0, place - 200) : place + 3000]}"
                )
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A tab of 1440 x 900 on the shared lab, light."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A tab of 390 x 844 with touch on the shared lab."""
    return new_page(phone=True)
