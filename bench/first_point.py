"""From pressing Start to the first point of the loss curve on screen, warm, in a real browser.

python -m bench.first_point [--times N]
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.row import Row, median_and_p95, show
from lab.runs.store import Store
from tests.support.served import copy_mnist, launch, served

BAR_MS = 500

# Timed inside the page: from the click to the first frame in which the loss curve has been drawn.
FIRST_POINT = """
async button => {
  const drawn = () => document.querySelector("[data-testid=chart-loss] .scatterlayer path[d]")
  const start = performance.now()
  button.click()
  while (!drawn()) {
    if (performance.now() - start > 60000) throw new Error("no point within a minute")
    await new Promise(requestAnimationFrame)
  }
  return performance.now() - start
}
"""


def first_point_ms(page: Page, url: str, store: Store) -> float:
    """Milliseconds from the press to the point; the run is stopped afterwards."""
    page.goto(f"{url}/train?preset=document-mlp")
    start = page.get_by_role("button", name=re.compile("Start training"))
    start.wait_for()
    page.get_by_text("per epoch").wait_for(timeout=60_000)  # what the page shows once torch is there
    page.wait_for_function("window.Plotly")  # fetched while a person looks at the page
    ms = float(start.evaluate(FIRST_POINT))
    for run in store.runs():
        if run.is_active:
            store.want(run.id, "stop")
    while any(run.is_active for run in store.runs()):
        page.wait_for_timeout(50)
    return ms


def measure(times: int) -> Iterator[Row]:
    """Starts run after run; the first one warms the server, the runner and the browser."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        copy_mnist(home)
        browser = launch(playwright)
        with served(home) as server:
            store = Store(home)
            page = browser.new_page()
            first_point_ms(page, server.url, store)
            times_ms = [first_point_ms(page, server.url, store) for _ in range(times)]
            store.close()
        browser.close()
    yield Row(
        "Start pressed -> first point on screen, warm",
        median_and_p95(times_ms),
        f"<= {BAR_MS} ms",
        statistics.median(times_ms) <= BAR_MS,
    )


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    show(measure(parser.parse_args().times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
