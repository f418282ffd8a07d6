"""Runs in a real browser, with real training: watched, steered, left alone, opened by link."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from lab.events import LearningRateChanged
from lab.paths import checkpoint_file
from lab.presets import preset
from lab.runs.store import Store
from lab.spec import changed
from tests.support import waiting
from tests.support.served import Server

LONG = changed(changed(preset("document-mlp"), "train.epochs", 900), "data.train_samples", 2000)
SHORT = changed(changed(preset("softmax"), "train.epochs", 2), "data.train_samples", 2000)


def drawn(page: Page, name: str = "loss") -> Locator:
    """The chart of that name once it shows points."""
    chart = page.get_by_test_id(f"chart-{name}")
    expect(chart).to_have_attribute("data-drawn", re.compile(r"[1-9]"), timeout=60_000)
    return chart


def zoom_into(chart: Locator) -> None:
    """Drags a box over the left half of the chart."""
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box
    mouse = chart.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 150, steps=4)
    mouse.up()
    expect(chart.locator(".zoombox")).to_have_count(0)


def ranges(chart: Locator) -> tuple[list[float], list[float]]:
    """What the chart shows of its x and y axis."""
    x, y = chart.evaluate("chart => [chart._fullLayout.xaxis.range, chart._fullLayout.yaxis.range]")
    return x, y


def after_another_point(chart: Locator) -> None:
    """Waits until the chart has been drawn with more data."""
    points = chart.get_attribute("data-drawn")
    expect(chart).not_to_have_attribute("data-drawn", points or "")


def step_of(page: Page) -> int:
    found = re.search(r"step ([\d,]+) of", page.get_by_test_id("stProgress").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def until(page: Page, reached: Callable[[], object]) -> None:
    """Waits for what happens outside the page, which goes on meanwhile."""
    waiting.until(reached, lambda _: page.wait_for_timeout(250))


def rate_followed(store: Store, run_id: str) -> float | None:
    """The learning rate that the run says it was changed to."""
    _, event = store.last_event(run_id, "learning_rate_changed") or (0, None)
    return event.learning_rate if isinstance(event, LearningRateChanged) else None


def until_followed(page: Page, watched: Watched, asked: float) -> None:
    until(page, lambda: rate_followed(watched.store, watched.id) == asked)


def settled_step(page: Page) -> int:
    """The step at which a paused run stands."""
    seen = -1
    for _ in range(20):
        now = step_of(page)
        if now == seen:
            return now
        seen = now
        page.wait_for_timeout(1100)  # longer than a refresh: the figure may have changed
    raise AssertionError(f"still moving at step {seen}")


@dataclass
class Watched:
    """A long run and what is seen of it."""

    store: Store
    id: str
    loss: Locator


@pytest.fixture
def watched(page: Page, server: Server) -> Iterator[Watched]:
    """A long run whose loss is on the page; it is stopped after the test."""
    store = Store(server.home)
    run_id = store.submit(LONG)
    page.goto(f"/runs?run={run_id}")
    yield Watched(store, run_id, drawn(page))
    store.want(run_id, "stop")


def test_a_newcomers_first_training(page: Page) -> None:
    page.goto("/train?preset=softmax&train.epochs=2&data.train_samples=3000")
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_enabled(timeout=60_000)  # the first visitor of a server waits for torch
    start.click()
    expect(page).to_have_url(re.compile(r"/runs\?run="))
    drawn(page)
    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("chart-confusion")).to_be_visible()
    page.get_by_role("button", name="Try it on the Draw page").click()
    expect(page).to_have_url(re.compile(r"/draw\?model="))


def test_pause_step_switch_refresh_resume_stop(page: Page, watched: Watched) -> None:
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    paused = settled_step(page)
    page.get_by_role("button", name="+10", exact=True).click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(f"step {paused + 10:,} of")
    page.get_by_role("link", name="By hand").click()
    expect(page.get_by_role("heading", name="By hand", level=1)).to_be_visible()
    page.go_back()
    drawn(page)
    page.reload()
    drawn(page)
    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    assert step_of(page) == paused + 10
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped by hand")).to_be_visible()


def test_another_learning_rate_takes_effect(page: Page, watched: Watched) -> None:
    rate = page.get_by_role("textbox", name="Learning rate")
    for asked in (0.02, 0.03, 0.05):
        rate.fill(str(asked))
        rate.press("Enter")
        until_followed(page, watched, asked)
        page.wait_for_timeout(1_500)  # several refreshes
        expect(rate).to_have_value(str(asked))
    page.get_by_text("Inside the layers").click()
    low, high = drawn(page, "rate").evaluate("chart => chart._fullLayout.yaxis.range")
    assert low == 0 < high <= 0.06  # from zero to a little above the largest rate
    expect(page.get_by_test_id("chart-gradient")).to_be_visible()


def test_a_runner_that_is_killed_while_somebody_watches_is_followed_by_another(
    page: Page, server: Server, watched: Watched
) -> None:
    until(page, checkpoint_file(server.home, watched.id).exists)
    pid = server.home / "runner.pid"
    first = pid.read_text()
    os.kill(int(first), signal.SIGKILL)
    until(page, lambda: pid.read_text() != first and watched.store.last_event(watched.id, "resumed"))
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile(r"step [\d,]+ of"))
    before = step_of(page)
    page.wait_for_timeout(2_000)
    assert step_of(page) > before


def test_zoom_is_kept_and_the_chart_stays_the_same_while_data_comes_in(watched: Watched) -> None:
    chart = watched.loss
    zoom_into(chart)
    chart.evaluate("chart => { window.before = chart.querySelector('svg') }")
    zoom = ranges(chart)
    after_another_point(chart)
    assert ranges(chart) == zoom
    assert chart.evaluate("chart => window.before === chart.querySelector('svg')")


def test_a_zoom_into_decades_is_not_kept_on_a_linear_axis(page: Page, watched: Watched) -> None:
    chart = watched.loss
    zoom_into(chart)
    along, _ = ranges(chart)
    page.get_by_text("Loss on a log scale").click()
    page.wait_for_function(
        "document.querySelector(\"[data-testid='chart-loss']\")._fullLayout.yaxis.type === 'linear'"
    )
    after_another_point(chart)
    assert ranges(chart)[0] == along
    low, high, least, most = chart.evaluate(
        "chart => { const seen = chart.data.flatMap(trace => trace.y);"
        " return [...chart._fullLayout.yaxis.range, Math.min(...seen), Math.max(...seen)] }"
    )
    assert low <= least < most <= high
    zoom_into(chart)
    zoom = ranges(chart)
    assert zoom[1] != [low, high]
    after_another_point(chart)
    assert ranges(chart) == zoom


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_link_opens_in_a_second_browser_to_watch(
    new_page: Callable[..., Page], server: Server, dark: bool
) -> None:
    run_id = Store(server.home).submit(LONG, owner="another-person-entirely-0123456789")
    page = new_page(phone=True, dark=dark)
    page.goto(f"/runs?run={run_id}")
    drawn(page)
    expect(page.get_by_text("You are watching")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    Store(server.home).want(run_id, "stop")


def test_a_finished_run_is_there_after_the_server_restarts(
    start_lab: Callable[..., Server], new_page: Callable[..., Page]
) -> None:
    lab = start_lab()
    run_id = Store(lab.home).submit(SHORT)
    page = new_page(lab)
    page.goto(f"/runs?run={run_id}")
    expect(page.get_by_text("Test accuracy")).to_be_visible(timeout=60_000)
    lab.end()
    page = new_page(start_lab(lab.home, mnist=False))
    page.goto(f"/runs?run={run_id}")
    expect(page.get_by_text("Test accuracy")).to_be_visible()
    drawn(page)


@pytest.mark.parametrize("on_a_phone", [False, True], ids=["desktop", "phone"])
def test_runs_ticked_far_below_are_compared_in_view(
    start_lab: Callable[..., Server], new_page: Callable[..., Page], on_a_phone: bool
) -> None:
    lab = start_lab()
    for number in range(30):
        Store(lab.home).submit(SHORT, title=f"Run {number}", want="pause")
    page = new_page(lab, phone=on_a_phone)
    page.goto("/runs")
    ticks = page.get_by_test_id("stCheckbox")
    ticks.nth(25).scroll_into_view_if_needed()
    place = ticks.nth(25).bounding_box()
    ticks.nth(25).click()
    expect(page.get_by_text("Tick one more")).to_be_in_viewport()
    ticks.nth(24).click()
    compare = page.get_by_role("button", name="Compare 2 runs")
    expect(compare).to_be_in_viewport()
    assert ticks.nth(25).bounding_box() == place
    compare.click()
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"compare="))
    expect(page.get_by_test_id("chart-compare-loss")).to_be_in_viewport()
    page.get_by_role("link", name="All runs").click()
    expect(page).not_to_have_url(re.compile(r"compare="))
    expect(ticks.nth(25).locator("input")).to_be_checked()


@pytest.mark.parametrize("on_a_phone", [False, True], ids=["desktop", "phone"])
def test_the_menu_leads_from_a_run_to_the_list(
    new_page: Callable[..., Page], server: Server, on_a_phone: bool
) -> None:
    run_id = Store(server.home).submit(SHORT, title="Shown from the list", want="pause")
    page = new_page(phone=on_a_phone)
    page.goto(f"/runs?run={run_id}")
    expect(page.get_by_role("heading", name="Shown from the list")).to_be_visible()
    expect(page.get_by_role("link", name="All runs")).to_be_visible()
    if on_a_phone:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    expect(page).not_to_have_url(re.compile(r"run="))
    if on_a_phone:  # the menu stays open there
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    page.get_by_role("link", name="Shown from the list").first.click()
    expect(page.get_by_role("heading", name="Shown from the list")).to_be_visible()
    page.get_by_role("link", name="All runs").click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
