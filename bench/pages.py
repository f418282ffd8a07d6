"""From a click in the navigation to the other page on screen: its heading, and all of it, in a real browser.

python -m bench.pages [--rounds N]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.row import Row, median_and_p95, show
from tests.support.served import copy_mnist, launch, served

BAR_MS = 300
ROUND = ["Train", "Runs", "By hand", "Draw", "Home"]

# Timed inside the page: from the click to the first frame with another heading, and to the end of the run.
SWITCH = """
async ({ link, before }) => {
  const heading = () => document.querySelector("[data-testid=stMain] h1")?.textContent
  const running = () => document.querySelector("[data-testid=stApp]").dataset.testScriptState !== "notRunning"
  const start = performance.now()
  const until = async reached => {
    while (!reached()) {
      if (performance.now() - start > 20000) throw new Error("the page did not change")
      await new Promise(requestAnimationFrame)
    }
    return performance.now() - start
  }
  link.click()
  const shown = await until(() => heading() && heading() !== before)
  return [shown, await until(() => !running())]
}
"""


def switch_ms(page: Page, title: str) -> tuple[float, float]:
    """Milliseconds until the page of that title shows its heading, and until all of it is drawn."""
    link = page.get_by_test_id("stTopNavLinkContainer").filter(has_text=title).get_by_role("link")
    before = page.locator("[data-testid=stMain] h1").first.inner_text()
    shown, drawn = page.evaluate(SWITCH, {"link": link.element_handle(), "before": before})
    page.wait_for_timeout(150)
    return shown, drawn


def measure(rounds: int) -> Iterator[Row]:
    """Walks through all pages; the first round fills the caches and does not count."""
    times: dict[str, list[tuple[float, float]]] = {title: [] for title in ROUND}
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
    ):
        home = Path(folder)
        copy_mnist(home)
        with served(home) as server:
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.url)
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_timeout(6000)  # torch has been loaded beside it by then
            for round_number in range(rounds + 1):
                for title in ROUND:
                    taken = switch_ms(page, title)
                    if round_number:
                        times[title].append(taken)
            browser.close()
    every = [taken for column in times.values() for taken in column]
    shown = [heading for heading, _ in every]
    yield Row(
        "Switch between pages, heading on screen",
        median_and_p95(shown),
        f"<= {BAR_MS} ms median",
        statistics.median(shown) <= BAR_MS,
    )
    for title, column in times.items():
        yield Row(f"Switch to {title}, all of it", median_and_p95([drawn for _, drawn in column]))


def main() -> int:
    """Prints the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    show(measure(parser.parse_args().rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
