"""The lab beside a bare Streamlit app of five pages, in turns and in one browser: what the lab adds to Streamlit.

The bare app has the same configuration, Python and navigation; each of its pages is a heading and some lines of text.
"First page drawn" is Home's heading and the last thing on it; "all of" a page is the end of its run in the browser.

python -m bench.bare [--rounds N] [--starts N]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bench.pages import ROUND, switch_ms
from bench.row import Row, show
from tests.support.served import APP, Server, copy_mnist, launch, served, start_server

TITLES = ["Home", *ROUND[:-1]]
LINES = 6
LAST_LINE = "The last line of text."
BARS = {"start": 1.15, "heading": 1.5, "Train": 1.8, "By hand": 1.5}
VIEW = ViewportSize(width=1440, height=900)

BARE_APP = """
import streamlit as st

st.set_page_config(page_title="Bare", layout="wide")
st.navigation({pages}, position="top").run()
"""
BARE_PAGE = """
import streamlit as st

st.title({title!r})
for line in range({lines}):
    st.write(f"Line {{line}} of the page, some words of text and nothing else.")
st.write({last!r})
"""


def write_bare_app(folder: Path) -> Path:
    """Puts an app of five pages of text into a folder, under the lab's own configuration; returns its script."""
    shutil.copytree(APP.parent / ".streamlit", folder / ".streamlit")
    (folder / "static").mkdir()
    pages = folder / "texts"
    pages.mkdir()
    entries = []
    for title in TITLES:
        path = pages / f"{title.lower().replace(' ', '_')}.py"
        path.write_text(BARE_PAGE.format(title=title, lines=LINES, last=LAST_LINE), encoding="utf-8")
        entries.append(f"st.Page('texts/{path.name}', title={title!r}, default={title == 'Home'})")
    app = folder / "app.py"
    app.write_text(BARE_APP.format(pages=f"[{', '.join(entries)}]"), encoding="utf-8")
    return app


def seconds_to_first_page(browser: Browser, home: Path, app: Path) -> float:
    """Seconds from the start of the server until the first page is drawn."""
    began = time.perf_counter()
    server = start_server(home, app=app)
    try:
        page = browser.new_page(viewport=VIEW)
        page.goto(server.url, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        last = page.get_by_role("link", name="Deploy") if app == APP else page.get_by_text(LAST_LINE)
        last.wait_for()
        drawn = time.perf_counter() - began
        page.close()
    finally:
        server.end()
    return drawn


def in_turns(kinds: list[str], turn: int) -> list[str]:
    """The contenders in the order of this turn: each goes first every other time."""
    return kinds if turn % 2 == 0 else kinds[::-1]


def starts(
    browser: Browser, homes: dict[str, Path], apps: dict[str, Path], times: int
) -> dict[str, list[float]]:
    """Seconds of each start, in turns; the first of each warms the disk and does not count."""
    taken: dict[str, list[float]] = {kind: [] for kind in apps}
    for turn in range(times + 1):
        for kind in in_turns(list(apps), turn):
            seconds = seconds_to_first_page(browser, homes[kind], apps[kind])
            if turn:
                taken[kind].append(seconds)
    return taken


def opened(browser: Browser, server: Server) -> Page:
    """A page that shows the app's first page."""
    page = browser.new_page(viewport=VIEW)
    page.goto(server.url)
    page.get_by_role("heading", level=1).wait_for()
    return page


Switches = dict[str, dict[str, list[tuple[float, float]]]]


def switches(pages: dict[str, Page], rounds: int) -> Switches:
    """Milliseconds to the heading and to all of each page, by app and title; the first round does not count."""
    taken: Switches = {kind: {title: [] for title in ROUND} for kind in pages}
    for turn in range(rounds + 1):
        for title in ROUND:
            for kind in in_turns(list(pages), turn):
                times = switch_ms(pages[kind], title)
                if turn:
                    taken[kind][title].append(times)
    return taken


def spread(values: list[float]) -> str:
    """The middle half of the values."""
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{low:,.0f} to {high:,.0f}"


def ratio_row(what: str, lab: list[float], bare: list[float], bar: float | None) -> Row:
    """The ratio of the medians. Units: milliseconds."""
    ours, theirs = statistics.median(lab), statistics.median(bare)
    measured = (
        f"{ours / theirs:.2f} x: median {ours:,.0f} ms ({spread(lab)}) against {theirs:,.0f} ms ({spread(bare)}), "
        f"n = {len(lab)} each"
    )
    if bar is None:
        return Row(what, measured)
    return Row(what, measured, f"<= {bar:g} x", ours / theirs <= bar)


def measure(rounds: int, times: int) -> Iterator[Row]:
    """Starts both apps in turns, then walks through the pages of both in turns."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        homes = {kind: Path(folder) / kind for kind in ("lab", "bare")}
        copy_mnist(homes["lab"])
        (Path(folder) / "app").mkdir()
        apps = {"lab": APP, "bare": write_bare_app(Path(folder) / "app")}
        browser = launch(playwright)
        if times:
            seconds = starts(browser, homes, apps, times)
            milliseconds = {kind: [1000 * each for each in column] for kind, column in seconds.items()}
            yield ratio_row("First page drawn", milliseconds["lab"], milliseconds["bare"], BARS["start"])
        if rounds:
            with (
                served(homes["lab"], app=apps["lab"]) as lab,
                served(homes["bare"], app=apps["bare"]) as bare,
            ):
                pages = {"lab": opened(browser, lab), "bare": opened(browser, bare)}
                pages["lab"].wait_for_timeout(6000)  # torch has been loaded beside it by then
                yield from switch_rows(switches(pages, rounds))
        browser.close()


def switch_rows(taken: Switches) -> Iterator[Row]:
    """The rows of the page switches: the heading over all pages, then all of each page."""
    headings = {kind: [shown for column in taken[kind].values() for shown, _ in column] for kind in taken}
    yield ratio_row("Page switch, heading", headings["lab"], headings["bare"], BARS["heading"])
    # Every page of the bare app is the same, so a page of the lab is held against all of them.
    bare = [drawn for column in taken["bare"].values() for _, drawn in column]
    for title, column in taken["lab"].items():
        whole = [drawn for _, drawn in column]
        yield ratio_row(f"Page switch, all of {title}", whole, bare, BARS.get(title))


def main() -> int:
    """Prints the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--starts", type=int, default=9)
    arguments = parser.parse_args()
    show(measure(arguments.rounds, arguments.starts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
