"""Remakes the pictures of README and docs from a lab that really runs: `python -m docs.screenshots [NAME...]`.

Owns which moments are shown. What is on a picture was computed while it was taken: nothing is staged.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.support.served import Server, copy_mnist, launch, served

PICTURES = Path(__file__).parent / "pictures"
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)

# A seven, as fractions of the pad.
SEVEN = [(0.28, 0.25), (0.5, 0.24), (0.72, 0.25), (0.6, 0.5), (0.5, 0.65), (0.44, 0.8)]

Prepare = Callable[[Page, Server], None]


@dataclass(frozen=True)
class Picture:
    """One picture: its file name, the page, how to get to the moment, and the look."""

    name: str
    path: str
    prepare: Prepare
    dark: bool = False
    phone: bool = False
    size: ViewportSize | None = None


def settled(page: Page, server: Server) -> None:
    """Waits until the page is drawn and nothing moves."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(1500)
    if page.get_by_test_id("stException").count():
        raise RuntimeError(f"{page.url} shows an error:\n{server.log()[-2000:]}")


def device_known(page: Page, server: Server) -> None:
    """Home, once the device has its name."""
    page.get_by_text("Training runs on").wait_for(timeout=60_000)
    settled(page, server)


def training(page: Page, server: Server) -> None:
    """A run of the document's network in its third epoch, or as soon after as it is seen."""
    page.get_by_role("button", name="Train the document's network").click()
    page.wait_for_url("**/runs?run=*")
    page.get_by_text(re.compile(r"Epoch ([3-9]|10) of 10")).first.wait_for(timeout=180_000)
    page.wait_for_timeout(300)


def finished(page: Page, server: Server) -> None:
    """The newest run of this browser, at its end."""
    page.locator("a[href*='run=']").first.click()
    page.wait_for_url("**/runs?run=*")
    page.get_by_test_id("stMain").get_by_text("finished", exact=True).first.wait_for(timeout=180_000)
    settled(page, server)


def compared(page: Page, server: Server) -> None:
    """Two runs of the list compared: the document's network, and no hidden layer at all."""
    settled(page, server)
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url("**/runs?run=*", timeout=60_000)
    page.get_by_test_id("stMain").get_by_text("finished", exact=True).first.wait_for(timeout=180_000)
    page.goto("/runs")
    settled(page, server)
    for tick in page.get_by_test_id("stCheckbox").all():
        tick.click()
        page.wait_for_timeout(1000)
    page.get_by_role("button", name="Compare 2 runs").click()
    settled(page, server)


def drawn_seven(page: Page, server: Server) -> None:
    """A seven drawn with the pen, and its answer."""
    settled(page, server)
    pad = page.locator("canvas").first
    box = pad.bounding_box()
    if box is None:
        raise RuntimeError("the pad is not on the page")
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()
    page.wait_for_timeout(6000)


ALL = (
    Picture("run-live", "/", training),
    Picture("run-finished", "/runs", finished),
    Picture("home", "/", device_known),
    Picture("home-dark", "/", device_known, dark=True),
    Picture("home-phone", "/", device_known, phone=True),
    Picture("train", "/train", settled),
    Picture("train-dark", "/train?preset=small-cnn", settled, dark=True),
    Picture("runs", "/train?preset=softmax", compared),
    Picture("by-hand", "/by_hand?step=6", settled),
    Picture("by-hand-gradient", "/by_hand?step=24", settled),
    Picture("by-hand-update", "/by_hand?step=34", settled),
    Picture("draw", "/draw", drawn_seven),
    Picture("draw-phone", "/draw", drawn_seven, phone=True, dark=True),
)


def take(browser: Browser, server: Server, picture: Picture, owner: dict[str, Any]) -> None:
    """Opens the page as one and the same person, goes to the moment, and writes the picture."""
    context = browser.new_context(
        viewport=picture.size or (PHONE if picture.phone else WIDE),
        color_scheme="dark" if picture.dark else "light",
        base_url=server.url,
        storage_state=owner or None,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(picture.path)
    picture.prepare(page, server)
    page.mouse.move(2, 2)  # nothing is hovered
    page.wait_for_timeout(500)
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{picture.name}.png", animations="disabled")
    owner.update(context.storage_state())
    context.close()


def main(names: list[str]) -> int:
    """Takes the named pictures, or all."""
    chosen = [picture for picture in ALL if not names or picture.name in names]
    unknown = set(names) - {picture.name for picture in ALL}
    if unknown:
        allowed = ", ".join(picture.name for picture in ALL)
        print(f"no picture is called {sorted(unknown)[0]!r}; there are {allowed}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "layer-lab"
        home.mkdir()
        copy_mnist(home)
        with served(home) as server:
            browser = launch(playwright)
            owner: dict[str, object] = {}
            for picture in chosen:
                print(picture.name, flush=True)
                take(browser, server, picture, owner)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
