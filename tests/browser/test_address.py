"""The address in a real browser: Back and Forward on every page, what others put there, a server that answers late."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

# Lets the page hear its server as late as `window.lateMs` says.
LATE = """
window.lateMs = 0
const listen = WebSocket.prototype.addEventListener
WebSocket.prototype.addEventListener = function (kind, hear, ...more) {
  const heard = event => { window.lateMs ? setTimeout(hear, window.lateMs, event) : hear(event) }
  return listen.call(this, kind, kind === "message" ? heard : hear, ...more)
}
"""
LATE_MS = 2000
OTHER_MODEL = "MLP, augmented (shipped)"


def opened(page: Page, link: str, ready: str) -> None:
    page.goto(link)
    expect(page.get_by_text(ready).first).to_be_visible(timeout=60_000)
    at_rest(page)


def at_rest(page: Page) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def typed(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def epochs(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Epochs", exact=True)


def chosen(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_train_goes_back_and_forward_at_once(page: Page) -> None:
    opened(page, "/train", "per epoch")
    for value in ("3", "4"):
        typed(epochs(page), value)
        expect(page).to_have_url(re.compile(f"train.epochs={value}"))
    for value in ("3", "10"):
        page.go_back()
        expect(epochs(page)).to_have_value(value)
    for value in ("3", "4"):
        page.go_forward()
        expect(epochs(page)).to_have_value(value)
        expect(page).to_have_url(re.compile(f"train.epochs={value}"))


def test_by_hand_goes_back_to_the_documents_example_and_forward(page: Page) -> None:
    opened(page, "/by_hand", "Hidden activation")
    output = page.get_by_role("combobox", name="Output activation", exact=True)
    chosen(page, "Output activation", "Sigmoid")
    expect(page).to_have_url(re.compile("output=sigmoid"))
    page.go_back()
    expect(output).to_have_value("ReLU")
    expect(page).to_have_url(re.compile("/by_hand$"))
    page.go_forward()
    expect(output).to_have_value("Sigmoid")
    expect(page).to_have_url(re.compile("output=sigmoid"))


def test_draw_goes_back_and_forward_among_models(page: Page) -> None:
    opened(page, "/draw", "Draw a digit")
    model = page.get_by_role("combobox", name="Model", exact=True)
    first = model.input_value()
    chosen(page, "Model", OTHER_MODEL)
    expect(page).to_have_url(re.compile("model=augmented-mlp"))
    page.go_back()
    expect(model).to_have_value(first)
    page.go_forward()
    expect(model).to_have_value(OTHER_MODEL)


@pytest.mark.parametrize(
    ("path", "ready", "back"),
    [("/train?preset=lenet5", "per epoch", "lenet5"), ("/by_hand?hidden=tanh", "Output", "hidden=tanh")],
)
def test_back_leaves_a_page_that_was_entered_by_the_menu(
    path: str, ready: str, back: str, page: Page
) -> None:
    opened(page, path, ready)
    page.get_by_test_id("stTopNavLink").filter(has_text="Home").click()
    expect(page.get_by_role("heading", name="Layer Lab")).to_be_visible()
    name = "Train" if "train" in path else "By hand"
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    expect(page).to_have_url(re.compile(back))
    at_rest(page)
    for _ in range(2):  # Streamlit makes an entry of the bare address, too
        page.go_back()
        at_rest(page)
    expect(page.get_by_role("heading", name="Layer Lab")).to_be_visible()


@pytest.mark.parametrize(
    ("link", "ready"),
    [("/train?preset=lenet5", "per epoch"), ("/by_hand?step=2", "Output"), ("/draw", "Draw")],
)
def test_what_others_hang_onto_a_link_is_no_error_and_stays(link: str, ready: str, page: Page) -> None:
    opened(page, f"{link}{'&' if '?' in link else '?'}fbclid=IwAR0&utm_source=mail", ready)
    expect(page).to_have_url(re.compile("fbclid=IwAR0&utm_source=mail"))
    expect(page.get_by_text("link")).to_have_count(0)


def test_a_link_encoded_twice_is_mended(page: Page) -> None:
    opened(page, "/train?preset%3Dlenet5%26train.epochs%3D3", "per epoch")
    expect(epochs(page)).to_have_value("3")
    expect(page.get_by_text("did not arrive as it was made")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/train\?preset=lenet5&train.epochs=3$"))


def test_nothing_typed_is_lost_on_train_while_the_server_answers_late(page: Page) -> None:
    page.add_init_script(LATE)
    opened(page, "/train", "per epoch")
    page.evaluate(f"window.lateMs = {LATE_MS}")
    fields = {"Epochs": "3", "Batch size": "50", "Learning rate": "0.02"}
    for name, value in fields.items():
        typed(page.get_by_role("textbox", name=name, exact=True), value)
        page.wait_for_timeout(600)  # within what the server's answer takes
    expect(page).to_have_url(re.compile("train.epochs=3"))
    expect(page).to_have_url(re.compile("lr=0.02"))
    at_rest(page)
    page.wait_for_timeout(LATE_MS)
    for name, value in fields.items():
        expect(page.get_by_role("textbox", name=name, exact=True)).to_have_value(value)


def test_nothing_typed_is_lost_by_hand_while_the_server_answers_late(page: Page) -> None:
    page.add_init_script(LATE)
    opened(page, "/by_hand", "Hidden activation")
    page.evaluate(f"window.lateMs = {LATE_MS}")
    for name, value in (("w1_1", "0.6"), ("w1_2", "0.7"), ("w1_3", "0.8"), ("w2_1", "0.9")):
        typed(page.get_by_test_id(f"number-{name}"), value)
        page.wait_for_timeout(600)
    expect(page).to_have_url(re.compile("w1=0.6%2C0.7%2C0.8%3B0.9"))
    page.wait_for_timeout(LATE_MS)
    expect(page.get_by_test_id("number-w1_1")).to_have_value("0.6")
    expect(page).to_have_url(re.compile("w1=0.6%2C0.7%2C0.8%3B0.9"))
