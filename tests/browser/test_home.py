"""Home in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pages.ui.home.map import STATIONS
from tests.support.served import Server, copy_mnist


@pytest.mark.parametrize("index", range(len(STATIONS)), ids=[str(station.title) for station in STATIONS])
def test_a_station_opens_its_page(page: Page, index: int) -> None:
    station = STATIONS[index]
    page.goto("/")
    page.get_by_role("link", name=f"{index + 1}. {station.title}").click()
    expect(page).to_have_url(re.compile(rf"/{station.path}(\?|$)"))


def test_a_station_can_be_chosen_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="9. Deploy").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/draw"))


def test_the_first_button_starts_a_run_and_shows_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Train the document's network").click()
    expect(page).to_have_url(re.compile(r"/runs\?run=[a-z]+-[a-z]+-[a-z2-7]{6}"))


def test_a_run_opened_from_a_list_stands_in_the_address_and_leaves_it_again(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Train the document's network").click()
    expect(page).to_have_url(re.compile(r"/runs\?run="))
    page.get_by_role("link", name="All runs").click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/runs$"))
    page.get_by_role("link", name="The document's MLP").first.click()
    expect(page).to_have_url(re.compile(r"/runs\?run="))
    expect(page.get_by_role("link", name="All runs")).to_be_visible()


def test_the_device_is_named_once_torch_is_loaded(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("Training runs on")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_wider_than_a_phone(new_page: Callable[..., Page], dark: bool) -> None:
    page = new_page(phone=True, dark=dark)
    page.goto("/")
    expect(page.get_by_role("link", name="9. Deploy")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_offline_and_without_mnist_the_lab_trains_on_what_it_has_and_takes_mnist_once_it_is_there(
    start_lab: Callable[..., Server], new_page: Callable[..., Page]
) -> None:
    lab = start_lab(mnist=False)
    page = new_page(lab)
    page.goto("/")
    expect(page.get_by_text("No MNIST found")).to_be_visible()
    expect(page.get_by_text("python -m lab data --fetch")).to_be_visible()
    page.get_by_role("button", name="Train the document's network").click()
    expect(page.get_by_text("finished", exact=True).first).to_be_visible(timeout=120_000)
    if copy_mnist(lab.home):
        page.goto("/")
        expect(page.get_by_text("MNIST, 60,000 + 10,000 images")).to_be_visible()
        expect(page.get_by_text("No MNIST found")).to_have_count(0)
