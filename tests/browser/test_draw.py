"""Draw a digit in a real browser: real pointer events, keys, two models, pictures, and a page switch."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.pen import SEVEN, PenDigit, pen_digits, trace, write

NO_PEN = "no pen digits: name the folder that holds pen/strokes.json in LAB_TEST_DATA"
# Two pixels of the canvas differ: it is not one plain colour.
HAS_INK = """canvas => {
  const [first, ...rest] = new Uint32Array(
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)
  return rest.some(pixel => pixel !== first)
}"""
UP_TO_DATE = "pad => pad.dataset.settled === pad.dataset.sent"  # the last message, pen up, is answered
PASTE = """zone => {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 100
  const pen = canvas.getContext("2d")
  pen.fillStyle = "white"
  pen.fillRect(0, 0, 100, 100)
  pen.lineWidth = 9
  pen.beginPath()
  pen.moveTo(25, 20)
  pen.lineTo(75, 20)
  pen.lineTo(45, 85)
  pen.stroke()
  canvas.toBlob(blob => {
    const carried = new DataTransfer()
    carried.items.add(new File([blob], "seven.png", { type: "image/png" }))
    zone.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true }))
  })
}"""


def opened(page: Page) -> Page:
    """The page once its network is loaded."""
    page.goto("/draw")
    expect(page.get_by_text("Waiting for your drawing").first).to_be_visible(timeout=90_000)
    return page


def answer(page: Page, index: int = 0) -> Locator:
    return page.get_by_test_id(f"answer-{index}")


def test_bars_move_while_the_pen_is_down_and_the_answer_stands_when_it_is_up(page: Page) -> None:
    pad = opened(page).get_by_test_id("pad")
    box = pad.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 60, steps=8)
    page.mouse.move(box["x"] + 180, box["y"] + 200, steps=8)
    expect(answer(page)).not_to_contain_text("Waiting")
    assert pad.get_attribute("data-settled") == "0"
    page.mouse.move(box["x"] + 150, box["y"] + 300, steps=8)
    page.mouse.up()
    expect(answer(page)).to_have_attribute("data-digit", "7")
    expect(page.get_by_text(re.compile(r"Answered \d+ ms after the pen was lifted"))).to_be_visible()
    expect(page.get_by_alt_text("The drawing after the step 'Crop'")).to_be_visible()


def test_pen_digits_replayed_as_pointer_events_are_read(page: Page) -> None:
    digits = pen_digits()
    if not digits:
        pytest.skip(NO_PEN)
    opened(page)
    wrong = []
    for digit in digits[3::100]:
        write(page, digit)
        expect(answer(page)).not_to_contain_text("Waiting")
        page.wait_for_function(UP_TO_DATE, arg=page.get_by_test_id("pad").element_handle())
        read = answer(page).get_attribute("data-digit")  # "" where it was not taken for a digit
        wrong += [] if read == str(digit.label) else [(digit.label, read)]
        page.get_by_role("button", name="Clear").click()
        expect(answer(page)).to_contain_text("Waiting")
    assert len(wrong) <= 1, wrong


def test_undo_redo_and_clear_are_answered_too(page: Page) -> None:
    opened(page)
    write(page, SEVEN)
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_contain_text("Waiting for your drawing")
    page.get_by_role("button", name="Redo").click()
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.get_by_role("button", name="Clear").click()
    expect(answer(page)).to_contain_text("Waiting for your drawing")
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_have_attribute("data-digit", "7")


def test_a_dot_is_not_taken_for_a_digit(page: Page) -> None:
    opened(page)
    write(page, PenDigit(0, ([[0.5, 0.5], [0.51, 0.5]],)))
    expect(answer(page)).to_contain_text("dot")
    expect(answer(page)).to_have_attribute("data-digit", "")


def test_a_seven_can_be_drawn_with_the_keyboard_alone(page: Page) -> None:
    opened(page).get_by_test_id("pad").locator("canvas").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.keyboard.press("Delete")
    expect(answer(page)).to_contain_text("Waiting for your drawing")


def test_the_keyboard_button_says_whether_keys_draw(page: Page) -> None:
    pad = opened(page).get_by_test_id("pad")
    button, canvas = pad.get_by_role("button", name="Draw with the keyboard"), pad.locator("canvas")
    help_text = pad.get_by_text("Arrow keys move over")

    def expect_keys(on: bool) -> None:
        expect(button).to_have_attribute("aria-pressed", str(on).lower())
        expect(help_text).to_be_visible(visible=on)

    expect_keys(False)
    button.click()
    expect_keys(True)
    write(page, SEVEN)
    expect_keys(False)
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect_keys(True)
    button.click()
    expect_keys(False)
    button.click()
    expect_keys(True)
    page.get_by_role("tab", name="Bring a picture").click()
    page.get_by_test_id("stButtonGroup").get_by_text("Paste", exact=True).click()
    page.get_by_role("button", name=re.compile("press Ctrl")).evaluate(PASTE)
    expect(page.get_by_text("It is on the pad")).to_be_visible()
    expect_keys(False)


def test_the_drawing_and_its_answer_survive_a_page_switch(page: Page) -> None:
    opened(page)
    write(page, SEVEN)
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("link", name="9. Deploy")).to_be_visible()
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(answer(page)).to_have_attribute("data-digit", "7")
    expect(page.get_by_role("button", name="Clear")).to_be_enabled()
    inked = page.get_by_test_id("pad").locator("canvas")
    page.wait_for_function(HAS_INK, arg=inked.element_handle())


def test_the_drawing_survives_a_reload_and_an_emptied_pad_stays_empty(page: Page) -> None:
    opened(page)
    write(page, SEVEN)
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.get_by_role("tab", name="Teach it").click()
    expect(page.get_by_text("Your set: 0 digits")).to_be_visible()
    drawn = page.locator("[class*=st-key-draw-drawn-]")
    expect(drawn).to_have_count(1)
    page.wait_for_function(UP_TO_DATE, arg=page.get_by_test_id("pad").element_handle())
    page.reload()
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.wait_for_function(HAS_INK, arg=page.get_by_test_id("pad").locator("canvas").element_handle())
    page.get_by_role("tab", name="Teach it").click()
    expect(drawn).to_have_count(1)  # the same drawing, not another
    page.get_by_role("button", name="Clear").click()
    expect(answer(page)).to_contain_text("Waiting for your drawing")
    page.wait_for_function(UP_TO_DATE, arg=page.get_by_test_id("pad").element_handle())
    page.reload()
    expect(answer(page)).to_contain_text("Waiting for your drawing")
    expect(page.get_by_role("button", name="Clear")).to_be_disabled()


def test_two_models_answer_the_same_drawing_side_by_side(page: Page) -> None:
    opened(page)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name=re.compile("MLP, augmented")).click()
    expect(answer(page, 1)).to_be_visible()
    write(page, SEVEN)
    for index in (0, 1):
        expect(answer(page, index)).to_have_attribute("data-digit", "7")
    left, right = answer(page, 0).bounding_box(), answer(page, 1).bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]


def write_wide(page: Page, place: float, size: float) -> None:
    """Writes a seven on the wide canvas, `place` of its width from the left."""
    canvas = page.locator("canvas.upper-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    trace(page, SEVEN, box["x"] + place * box["width"], box["y"] + (box["height"] - size) / 2, size)


def expect_fit(page: Page, least: float) -> None:
    """The wide canvas comes to lie within the column, and covers at least this share of it."""
    page.wait_for_function(
        """least => {
          const inside = [...document.querySelectorAll("*")].map(each => each.shadowRoot?.querySelector(".dc-root"))
          const canvas = inside.find(Boolean)?.querySelector(".upper-canvas")
          if (!canvas) return false
          const box = canvas.getBoundingClientRect()
          const room = document.querySelector("[data-testid=stTabs]").getBoundingClientRect()
          return box.left >= room.left && box.right <= room.right + 1 && box.width >= least * room.width
        }""",
        arg=least,
    )


@pytest.mark.parametrize("width", [320, 390, 640, 820, 1024])
def test_the_wide_canvas_fits_its_column(new_page: Callable[..., Page], width: int) -> None:
    page = opened(new_page(viewport={"width": width, "height": 1000}))
    page.get_by_role("tab", name="Several digits").click()
    expect_fit(page, 0.88)


def test_a_number_survives_a_turned_phone(new_page: Callable[..., Page]) -> None:
    page = opened(new_page(phone=True, viewport={"width": 844, "height": 390}))
    page.get_by_role("tab", name="Several digits").click()
    expect_fit(page, 0.9)
    write_wide(page, 0.05, 110)
    write_wide(page, 0.8, 110)
    expect(page.get_by_test_id("stMetricValue")).to_have_text("77")
    page.set_viewport_size({"width": 390, "height": 844})
    expect_fit(page, 0.9)
    write_wide(page, 0.5, 45)
    expect(page.get_by_test_id("stMetricValue")).to_have_text("777")
    page.set_viewport_size({"width": 844, "height": 390})
    expect_fit(page, 0.9)
    expect(page.get_by_test_id("stMetricValue")).to_have_text("777")


def test_a_number_across_the_wide_canvas_is_read_as_a_whole(page: Page) -> None:
    opened(page)
    page.get_by_role("tab", name="Several digits").click()
    expect(page.get_by_text("Nothing is written yet")).to_be_visible()
    write_wide(page, 0.1, 110)
    write_wide(page, 0.4, 110)
    expect(page.get_by_test_id("stMetricValue")).to_have_text("77")
    page.get_by_role("tab", name="Bring a picture").click()
    expect(page.locator("input[type=file]")).to_be_attached()
    page.get_by_role("tab", name="Several digits").click()
    expect(page.get_by_test_id("stMetricValue")).to_have_text("77")
    page.wait_for_function(HAS_INK, arg=page.locator("canvas.dc-canvas.lower-canvas").element_handle())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_phone_pad_and_answer_fit_the_screen_together(new_page: Callable[..., Page], dark: bool) -> None:
    phone = opened(new_page(phone=True, dark=dark))
    write(phone, SEVEN)
    expect(answer(phone)).to_have_attribute("data-digit", "7")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    expect(answer(phone)).to_be_in_viewport(ratio=0.9)
    expect(phone.get_by_test_id("pad").locator("canvas")).to_be_in_viewport(ratio=0.9)
    phone.get_by_role("tab", name="Several digits").click()
    wide = phone.locator("canvas.upper-canvas")
    expect(wide).to_be_visible()
    box = wide.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390


def test_a_bad_file_is_named_and_the_page_lives_on(page: Page, tmp_path: Path) -> None:
    opened(page)
    fake = tmp_path / "archive.png"
    fake.write_bytes(b"PK\x03\x04 not a picture")
    page.get_by_role("tab", name="Bring a picture").click()
    page.locator("input[type=file]").set_input_files(fake)
    expect(page.get_by_test_id("stAlert").filter(has_text="archive.png")).to_be_visible()
    write(page, SEVEN)
    expect(answer(page)).to_have_attribute("data-digit", "7")


def test_a_pasted_picture_goes_onto_the_pad(page: Page) -> None:
    opened(page)
    page.get_by_role("tab", name="Bring a picture").click()
    page.get_by_test_id("stButtonGroup").get_by_text("Paste", exact=True).click()
    page.get_by_role("button", name=re.compile("press Ctrl")).evaluate(PASTE)
    expect(page.get_by_text("It is on the pad")).to_be_visible()
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.get_by_role("button", name="Clear").click()
    expect(answer(page)).to_contain_text("Waiting for your drawing")


@pytest.mark.parametrize("by", ["a stroke", "clear"])
def test_undo_brings_back_a_picture_that_was_replaced(page: Page, by: str) -> None:
    opened(page)
    page.get_by_role("tab", name="Bring a picture").click()
    page.get_by_test_id("stButtonGroup").get_by_text("Paste", exact=True).click()
    page.get_by_role("button", name=re.compile("press Ctrl")).evaluate(PASTE)
    expect(answer(page)).to_have_attribute("data-digit", "7")
    sure = answer(page).inner_text()
    pad = page.get_by_test_id("pad").locator("canvas").element_handle()
    if by == "clear":
        page.get_by_role("button", name="Clear").click()
        expect(answer(page)).to_contain_text("Waiting for your drawing")
    else:
        write(page, PenDigit(0, ([[0.5, 0.5], [0.51, 0.5]],)))
        expect(answer(page)).to_contain_text("dot")
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_have_text(sure, use_inner_text=True)
    page.wait_for_function(HAS_INK, arg=pad)
    expect(page.get_by_text("It is on the pad")).to_be_visible()
    page.get_by_role("button", name="Redo").click()
    expect(answer(page)).to_contain_text("Waiting" if by == "clear" else "dot")


def test_a_label_is_kept_for_this_browser_and_not_for_another(new_page: Callable[..., Page]) -> None:
    mine = opened(new_page())
    write(mine, SEVEN)
    expect(answer(mine)).to_have_attribute("data-digit", "7")
    mine.get_by_role("tab", name="Teach it").click()
    mine.get_by_test_id("stButtonGroup").get_by_text("1", exact=True).click()
    expect(mine.get_by_text("Your set: 1 digit")).to_be_visible()
    mine.reload()
    mine.get_by_role("tab", name="Teach it").click(timeout=60_000)
    expect(mine.get_by_text("Your set: 1 digit")).to_be_visible(timeout=60_000)
    other = opened(new_page())
    other.get_by_role("tab", name="Teach it").click()
    expect(other.get_by_text("Your set: 0 digits")).to_be_visible()


def test_what_is_drawn_over_a_labelled_digit_is_another_and_all_can_be_deleted(page: Page) -> None:
    opened(page)
    write(page, SEVEN)
    expect(answer(page)).to_have_attribute("data-digit", "7")
    page.get_by_role("tab", name="Teach it").click()
    page.get_by_test_id("stButtonGroup").get_by_text("7", exact=True).click()
    expect(page.get_by_text("In your set as a 7")).to_be_visible()
    write(page, PenDigit(0, ([[0.2, 0.9], [0.8, 0.9]],)))
    expect(page.get_by_text("Choose its label to put it into your set")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("A drawing (classified|that was not)"))).to_have_count(2)
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Your set: 0 digits")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("A drawing (classified|that was not)"))).to_have_count(0)
    page.get_by_role("tab", name="X-ray of the framing").click()
    page.get_by_role("tab", name="Teach it").click()
    expect(page.get_by_text("Your set: 0 digits")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("A drawing (classified|that was not)"))).to_have_count(0)
