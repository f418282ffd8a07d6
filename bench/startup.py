"""From `streamlit run` to the first text of the first page in a browser, with everything in the disk cache.

python -m bench.startup [--times N]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.row import Row, show
from tests.support.served import copy_mnist, launch, start_server

BAR_S = 3.0


def seconds_to_first_text(browser: Browser, home: Path) -> tuple[float, float]:
    """Seconds from the start of the server until it answers, and until Home is drawn."""
    began = time.perf_counter()
    server = start_server(home)
    try:
        answered = time.perf_counter() - began
        page = browser.new_page()
        page.goto(server.url, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        page.get_by_role("link", name="Deploy").wait_for()
        drawn = time.perf_counter() - began
        page.close()
    finally:
        server.end()
    return answered, drawn


def measure(times: int) -> Iterator[Row]:
    """Starts the lab again and again; the first start warms the disk and does not count."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        copy_mnist(home)
        browser = launch(playwright)
        seconds_to_first_text(browser, home)
        starts = [seconds_to_first_text(browser, home) for _ in range(times)]
        browser.close()
    answered, drawn = (statistics.median(column) for column in zip(*starts, strict=True))
    yield Row("Server start -> it answers, warm", f"median {answered:.1f} s (n = {times})")
    yield Row(
        "Server start -> first page drawn, warm",
        f"median {drawn:.1f} s, slowest {max(d for _, d in starts):.1f} s (n = {times})",
        f"<= {BAR_S:.0f} s",
        drawn <= BAR_S,
    )


def main() -> int:
    """Prints the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    show(measure(parser.parse_args().times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
