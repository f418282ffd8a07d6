"""The network by hand: from an arrow key to the next step on screen, and from a typed weight to its effect.

python -m bench.by_hand [--rounds N]
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
from tests.support.served import launch, served

STEP_BAR_MS, EDIT_BAR_MS = 150, 300

# Timed inside the page: from the key to the first frame with the picture's new step, and with the new formula.
STEP = """
async key => {
  const shadow = [...document.querySelectorAll("*")].find(e => e.shadowRoot?.querySelector(".by-hand-root")).shadowRoot
  const counter = shadow.querySelector("[data-testid=counter]")
  const title = shadow.querySelector("[data-testid=step-title]")
  const card = () => document.querySelector(".st-key-by_hand-formula h4")?.textContent.trim()
  const before = counter.textContent
  const start = performance.now()
  const until = async reached => {
    while (!reached()) {
      if (performance.now() - start > 20000) throw new Error("the step did not change")
      await new Promise(requestAnimationFrame)
    }
    return performance.now() - start
  }
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }))
  const picture = await until(() => counter.textContent !== before)
  const formula = await until(() => card() === title.textContent.trim())
  return [picture, formula]
}
"""

# From the typed weight to the first frame in which the loss in the picture is another.
EDIT = """
async text => {
  const shadows = [...document.querySelectorAll("*")].filter(e => e.shadowRoot).map(e => e.shadowRoot)
  const find = name => shadows.map(s => s.querySelector(`[data-testid="${name}"]`)).find(Boolean)
  const loss = find("value-J"), field = find("number-w1_1")
  const before = loss.textContent
  const start = performance.now()
  field.value = text
  field.dispatchEvent(new Event("change", { bubbles: true }))
  while (loss.textContent === before) {
    if (performance.now() - start > 20000) throw new Error("the loss did not change")
    await new Promise(requestAnimationFrame)
  }
  return performance.now() - start
}
"""


def settle(page: Page) -> None:
    """Waits until the server has nothing to do."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(120)


def measure(rounds: int) -> Iterator[Row]:
    """Steps through the lesson and edits one weight; the first of each does not count."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        served(Path(folder)) as server,
    ):
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url)
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(8000)  # torch has been loaded beside it by then
        page.goto(f"{server.url}/by_hand")
        page.get_by_test_id("counter").wait_for()
        page.get_by_test_id("number-w1_1").wait_for()
        steps, edits = [], []
        for turn in range(rounds + 1):
            settle(page)
            # The first steps of the lesson, there and back: each has its own title.
            steps.append(page.evaluate(STEP, "ArrowRight" if turn % 24 < 12 else "ArrowLeft"))
        for turn in range(rounds // 2 + 1):
            settle(page)
            edits.append(page.evaluate(EDIT, str(round(0.2 + turn / 100, 2))))
        browser.close()
    pictures, formulas = zip(*steps[1:], strict=True)
    yield Row("By hand: arrow key to the picture's next step", median_and_p95(list(pictures)))
    yield Row(
        "By hand: arrow key to the next formula on screen",
        median_and_p95(list(formulas)),
        f"<= {STEP_BAR_MS} ms median",
        statistics.median(formulas) <= STEP_BAR_MS,
    )
    yield Row(
        "By hand: typed weight to its effect on screen",
        median_and_p95(edits[1:]),
        f"<= {EDIT_BAR_MS} ms median",
        statistics.median(edits[1:]) <= EDIT_BAR_MS,
    )


def main() -> int:
    """Prints the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    show(measure(parser.parse_args().rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
