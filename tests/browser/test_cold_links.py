"""Each page opened by its link on a server that nobody has visited."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.served import Server


@pytest.mark.parametrize("path", ["/", "/train", "/runs", "/by_hand", "/draw"])
def test_a_page_opened_cold_by_its_link_shows_itself(
    path: str, start_lab: Callable[..., Server], new_page: Callable[..., Page]
) -> None:
    page = new_page(start_lab(mnist=False))
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stAppViewContainer")).not_to_contain_text("Page not found")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for name in ("Home", "Train", "Runs", "By hand", "Draw"):
        expect(page.get_by_test_id("stTopNavLink").filter(has_text=name)).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)  # Streamlit's own list of pages/
    expect(page).to_have_title("Layer Lab")
