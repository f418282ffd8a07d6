"""Configuring a run in a real browser: the newcomer's first press, the editor, links that travel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lab.presets import preset

START = re.compile("Start training")


def open_train(page: Page, query: str = "") -> None:
    page.goto(f"/train{query}")
    expect(page.get_by_role("heading", name="Train", level=1)).to_be_visible()
    expect(page.get_by_text("per epoch")).to_be_visible(timeout=60_000)
    # what is typed while a page is still being drawn may be drawn over
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def row(page: Page, number: int) -> Locator:
    """A layer's row; "the first button" may be another row's while the page is still being put up."""
    return page.locator(f".st-key-train-layer-{number}")


def test_a_newcomer_presses_start_and_sees_the_run(page: Page) -> None:
    open_train(page)
    page.get_by_role("button", name=START).click()
    page.wait_for_url("**/runs?run=*")
    expect(page.get_by_role("heading", name="The document's MLP")).to_be_visible()


def test_the_network_is_drawn_with_every_layer(page: Page) -> None:
    open_train(page, "?preset=lenet5")
    picture = page.get_by_role("img", name=re.compile("Input 1 × 28 × 28, then Conv2d"))
    expect(picture).to_be_visible()
    expect(picture.locator("text", has_text="16 × 5 × 5")).to_have_count(1)


def test_a_wrong_number_is_marked_where_it_stands_until_it_is_right(page: Page) -> None:
    open_train(page)
    units = row(page, 1).get_by_role("textbox", name="Units", exact=True)
    box = row(page, 1).get_by_test_id("stTextInputRootElement").first
    for wrong, reason in (
        ("0", "Units 0 is not allowed: 1 to 16,384"),
        ("", "Units is empty; allowed: 1 to 16,384"),
        ("many", "Units 'many' is not a number; allowed: 1 to 16,384"),
        ("1e999", "Units 1e999 is not a finite number; allowed: 1 to 16,384"),
    ):
        units.fill(wrong)
        units.press("Enter")
        expect(page.get_by_text(reason).first).to_be_visible()
        expect(page.get_by_role("button", name=START)).to_be_disabled()
        expect(units).to_have_value(wrong)
        expect(units).to_be_focused()
        expect(box).to_have_css("outline-style", "solid")
    units.fill("300")
    units.press("Enter")
    expect(page.get_by_role("button", name=START)).to_be_enabled()
    expect(page.get_by_text("235,500 parameters")).to_be_visible()
    expect(box).to_have_css("outline-style", "none")


def test_the_chosen_preset_pressed_again_takes_away_what_is_wrong(page: Page) -> None:
    open_train(page)
    chosen = page.get_by_role("radio", name="The document's MLP")
    epochs = page.get_by_role("textbox", name="Epochs", exact=True)
    for _ in range(2):
        epochs.fill("0")
        epochs.press("Enter")
        expect(page.get_by_role("button", name=START)).to_be_disabled()
        chosen.click()
        expect(epochs).to_have_value("10")
        expect(page.get_by_role("button", name=START)).to_be_enabled()
        expect(chosen).to_be_checked()


def test_layers_are_removed_mended_and_brought_back(page: Page) -> None:
    open_train(page)
    row(page, 0).get_by_role("button", name="more_vert").click()
    page.get_by_text("Remove", exact=True).click()
    expect(page.get_by_text("Linear needs a vector").first).to_be_visible()
    expect(page.get_by_role("button", name=START)).to_be_disabled()
    page.get_by_role("button", name="Insert Flatten before it").click()
    expect(page.get_by_role("button", name=START)).to_be_enabled()
    expect(page).to_have_url(re.compile(r"preset=document-mlp$"))
    page.get_by_role("button", name="undo").click()
    expect(page.get_by_text("Linear needs a vector").first).to_be_visible()


def test_layers_are_added_before_the_output_or_where_asked(page: Page) -> None:
    open_train(page, "?preset=softmax")
    page.get_by_role("button", name="Add layer").click()
    page.get_by_text("Dropout").last.click()
    expect(page.get_by_text("2 Dropout")).to_be_visible()
    row(page, 0).get_by_role("button", name="more_vert").click()
    page.get_by_text("Add below").click()
    page.get_by_role("button", name="Add layer below 1 Flatten").click()
    page.get_by_text("LayerNorm").last.click()
    expect(page.get_by_text("2 LayerNorm")).to_be_visible()
    expect(page.get_by_text("4 Linear")).to_be_visible()
    expect(page.get_by_role("button", name=START)).to_be_enabled()


def test_a_link_opens_the_same_configuration_in_a_second_browser(
    page: Page, new_page: Callable[..., Page]
) -> None:
    open_train(page)
    epochs = page.get_by_role("textbox", name="Epochs", exact=True)
    epochs.fill("3")
    epochs.press("Enter")
    expect(page).to_have_url(re.compile("train.epochs=3"))
    other = new_page()
    other.goto(page.url)
    expect(other.get_by_role("textbox", name="Epochs", exact=True)).to_have_value("3")
    expect(other.get_by_role("button", name=START)).to_be_enabled()


def test_going_back_in_the_browser_goes_back_in_the_configuration(page: Page) -> None:
    open_train(page)
    epochs = page.get_by_role("textbox", name="Epochs", exact=True)
    epochs.fill("3")
    epochs.press("Enter")
    expect(page).to_have_url(re.compile("train.epochs=3"))
    page.wait_for_timeout(2_000)  # what is asked right after an edit is taken for the edit's own echo
    page.go_back()
    expect(epochs).to_have_value("10")


def test_what_was_changed_survives_a_look_at_another_page(page: Page) -> None:
    open_train(page)
    page.get_by_role("combobox", name="Optimizer").click()
    page.get_by_role("option", name="AdamW", exact=True).click()
    expect(page.get_by_role("textbox", name="Beta 1")).to_be_visible()
    rate = page.get_by_role("textbox", name="Learning rate", exact=True)
    rate.fill("0.02")
    rate.press("Enter")
    expect(page).to_have_url(re.compile("lr=0.02"))
    page.get_by_role("link", name="Draw").first.click()
    expect(page.get_by_role("heading", name="Draw", level=1)).to_be_visible()
    page.get_by_role("link", name="Train").first.click()
    expect(page.get_by_role("textbox", name="Learning rate", exact=True)).to_have_value("0.02")


def upload(page: Page, file: Path) -> None:
    with page.expect_response(lambda response: "upload_file" in response.url):  # its name is shown before
        page.locator("input[type=file]").set_input_files(file)


def test_a_file_is_taken_and_a_bad_one_named(page: Page, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(preset("lenet5").model_dump_json())
    bad.write_text(json.dumps({"network": {"layers": [{"kind": "liner"}]}}))
    open_train(page)
    page.get_by_role("button", name="share icon").click()
    page.get_by_role("tab", name="Load another").click()
    upload(page, bad)
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("did you mean 'linear'")).to_be_visible()
    expect(page.get_by_text("bad.json cannot be used; nothing was changed.")).to_be_visible()
    upload(page, good)
    expect(page.get_by_text("good.json")).to_be_visible()
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("61,706").first).to_be_visible()


def test_what_was_pasted_is_used_at_the_first_press_also_after_a_bad_file(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    open_train(page)
    page.get_by_role("button", name="share icon").click()
    page.get_by_role("tab", name="Load another").click()
    upload(page, bad)
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("bad.json cannot be used; nothing was changed.")).to_be_visible()
    page.get_by_role("textbox", name="Or paste JSON").fill(preset("lenet5").model_dump_json())
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("61,706").first).to_be_visible()


def test_on_a_phone_the_start_button_is_in_sight_and_nothing_is_wider_than_the_screen(phone: Page) -> None:
    open_train(phone)
    expect(phone.get_by_role("button", name=START)).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("name", ["better-mlp", "small-cnn"])
def test_real_samples_are_shown_in_the_data_tab(page: Page, name: str) -> None:
    open_train(page, f"?preset={name}")
    page.get_by_role("tab", name="Data").click()
    expect(page.get_by_alt_text("One training image of each digit")).to_be_visible()
