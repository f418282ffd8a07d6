"""The by-hand page in a real browser: the whole lesson by keyboard, edits, clicks, play, exercise."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lab.by_hand.digits import four
from lab.by_hand.example import DOCUMENT
from lab.by_hand.lesson import lesson
from lab.by_hand.notation import plain
from lab.by_hand.update import HandOptimizer, start
from lab.figures.look import colour

# What a curve is drawn with, and on.
COLOURS = "curve => [curve._fullData[0].line.color, curve._fullLayout.paper_bgcolor]"


def opened(page: Page, link: str = "") -> Page:
    """The page at its picture, with the server at rest."""
    page.goto(f"/by_hand{link}")
    expect(page.get_by_test_id("counter")).to_be_visible()
    at_rest(page)
    return page


def at_rest(page: Page) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def card(page: Page) -> str:
    """The formulas of the card as the LaTeX they were made from."""
    found = page.locator(".st-key-by_hand-formula annotation").all_inner_texts()
    return "\n".join(plain(text) for text in found)


def test_the_whole_lesson_by_keyboard_with_every_number_read_off_the_page(page: Page) -> None:
    opened(page)
    told = lesson(start(DOCUMENT), HandOptimizer())
    for number, step in enumerate(told.steps, start=1):
        expect(page.get_by_test_id("counter")).to_have_text(f"{number} / {len(told.steps)}")
        expect(page.get_by_test_id("step-title")).to_have_text(step.title)
        heading = page.locator(".st-key-by_hand-formula").get_by_role("heading", name=step.title, exact=True)
        expect(heading).to_be_visible()
        shown = page.locator(".st-key-by_hand-formula")
        for line in step.lines:
            expect(shown).to_contain_text(four(line.value).replace("-", "−"))
        page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("value-z4")).to_have_text("-1.1")
    expect(page.get_by_test_id("grad-a2")).to_have_text("∂ -0.386")
    expect(page).to_have_url(re.compile(rf"step={len(told.steps)}$"))
    page.keyboard.press("Home")
    expect(page.get_by_test_id("counter")).to_have_text(f"1 / {len(told.steps)}")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("counter")).to_have_text(f"{len(told.steps) - 1} / {len(told.steps)}")


def test_fast_fingers_lose_no_step(page: Page) -> None:
    opened(page)
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("counter")).to_have_text("13 / 39")
    expect(page).to_have_url(re.compile("step=13$"))
    expect(page.get_by_test_id("counter")).to_have_text("13 / 39")
    page.reload()
    expect(page.get_by_test_id("counter")).to_have_text("13 / 39")


def test_a_lit_step_a_dead_unit_and_a_negative_weight_can_be_told_without_colour(page: Page) -> None:
    opened(page, "?step=24")
    expect(page.get_by_test_id("node-u4")).to_have_class(re.compile(r"\bdead\b.*|.*\bdead\b"))
    expect(page.get_by_test_id("node-u4")).to_contain_text("dead")
    expect(page.get_by_test_id("edge-w6_4")).to_have_class(re.compile("negative.*on"))
    dashes = (
        page.get_by_test_id("edge-w6_4").locator(".line").evaluate("e => getComputedStyle(e).strokeDasharray")
    )
    assert dashes != "none"
    expect(page.get_by_test_id("edge-w6_1")).not_to_have_class(re.compile(r"\bon\b"))


def test_clicking_a_neuron_opens_its_card_and_escape_closes_it(page: Page) -> None:
    opened(page, "?step=30")
    page.get_by_test_id("node-u1").click()
    found = page.locator(".st-key-by_hand-card")
    expect(found.get_by_role("heading", name="Hidden unit 1")).to_be_visible()
    expect(found).to_contain_text("output 5")
    expect(found).to_contain_text("0.226")
    expect(page).to_have_url(re.compile("selected=u1"))
    page.get_by_test_id("edge-w1_1").focus()
    page.keyboard.press("Enter")
    expect(found.get_by_role("heading", name="Weight")).to_be_visible()
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)


def test_a_typed_weight_changes_everything_and_undo_brings_it_back(page: Page) -> None:
    opened(page, "?step=2")
    field = page.get_by_test_id("number-w1_1")
    field.fill("0.6")
    field.press("Enter")
    expect(page.get_by_test_id("value-z1")).to_have_text("0.8")
    expect(page.get_by_test_id("label-w1_1")).to_contain_text("0.6")
    expect(page.locator(".st-key-by_hand-formula")).to_contain_text("0.8")
    expect(page).to_have_url(re.compile("w1=0.6"))
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("value-z1")).to_have_text("0.3")
    expect(field).to_have_value("0.1")


@pytest.mark.parametrize("typed", ["abc", "NaN", "inf", "1e308", ""])
def test_a_field_that_gets_no_number_keeps_the_last_good_one_and_says_what_is_allowed(
    typed: str, page: Page
) -> None:
    opened(page)
    field = page.get_by_test_id("number-w6_2")
    field.fill(typed)
    field.press("Enter")
    expect(page.get_by_test_id("number-error")).to_contain_text("write a number from -1000000 to 1000000")
    expect(field).to_have_value("0.6")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_play_walks_at_its_speed_and_pauses(page: Page) -> None:
    opened(page)
    page.get_by_test_id("speed").select_option("4")
    page.get_by_test_id("network").focus()
    page.keyboard.press(" ")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Pause (space)")
    expect(page.get_by_test_id("counter")).to_have_text(re.compile(r"^[3-9] / 39"))
    page.get_by_test_id("play").click()
    stopped = page.get_by_test_id("counter").inner_text()
    page.wait_for_timeout(1200)  # more than two beats of the fastest play
    expect(page.get_by_test_id("counter")).to_have_text(stopped)


def test_values_and_gradients_are_shown_together_or_one_at_a_time(page: Page) -> None:
    opened(page, "?step=39")
    expect(page.get_by_test_id("grad-z5")).to_have_text("∂ 0.11")
    page.get_by_test_id("show").select_option("values")
    expect(page.get_by_test_id("grad-z5")).to_have_count(0)
    page.get_by_test_id("show").select_option("grads")
    expect(page.get_by_test_id("value-z6")).to_have_text("-0.57")
    expect(page).to_have_url(re.compile("show=grads"))


def test_finer_steps_stay_at_the_same_place(page: Page) -> None:
    opened(page, "?step=24")
    title = page.get_by_test_id("step-title").inner_text()
    page.get_by_test_id("detail").select_option("fine")
    expect(page.get_by_test_id("counter")).to_have_text(re.compile("/ 105"))
    expect(page.get_by_test_id("step-title")).to_have_text(title)


def test_an_exercise_hides_the_numbers_and_answers_to_the_keyboard(page: Page) -> None:
    opened(page, "?exercise=1")
    expect(page.get_by_test_id("value-z1")).to_have_text("?")
    page.keyboard.press("ArrowRight")
    answer = page.get_by_placeholder("a number such as")
    expect(answer).to_be_visible()
    page.keyboard.type("0.2")
    expect(answer).to_have_value("0.2")
    answer.press("Enter")
    expect(page.get_by_text("Forgot the bias")).to_be_visible()
    answer.fill("0.3")
    answer.press("Enter")
    expect(page.get_by_text("Right.")).to_be_visible()
    expect(page.get_by_test_id("value-z1")).to_have_text("0.3")
    expect(page.get_by_test_id("value-z2")).to_have_text("?")


def test_the_check_says_that_all_gradients_agree(page: Page) -> None:
    opened(page)
    page.get_by_role("tab", name="Check").click()
    expect(page.get_by_text("All 38 gradients agree")).to_be_visible(timeout=60_000)


def test_ten_steps_of_training_lower_the_loss_and_draw_its_curve(page: Page) -> None:
    opened(page)
    page.get_by_role("tab", name="Training steps").click()
    page.get_by_role("button", name="10 steps").click()
    expect(page.get_by_text(re.compile("Loss after 10 steps"))).to_be_visible()
    expect(page.get_by_test_id("chart-descent").locator(".scatterlayer path[d]").first).to_be_attached()


def test_the_curve_takes_the_colours_of_the_theme_and_keeps_its_zoom(new_page: Callable[..., Page]) -> None:
    page = opened(new_page(dark=True))
    page.get_by_role("tab", name="Training steps").click()
    page.get_by_role("button", name="10 steps").click()
    curve = page.get_by_role("figure", name="The loss at each training step")
    expect(curve).to_have_attribute("data-drawn", "11")
    assert curve.evaluate(COLOURS) == [colour("blue", dark=True), colour("background", dark=True)]

    curve.scroll_into_view_if_needed()
    box = curve.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 120, steps=4)
    page.mouse.up()
    expect(curve.locator(".zoombox")).to_have_count(0)
    zoomed = curve.evaluate("curve => curve._fullLayout.xaxis.range")

    page.get_by_role("button", name="10 steps").click()
    expect(curve).to_have_attribute("data-drawn", "21")
    page.emulate_media(color_scheme="light")
    light = [colour("blue"), colour("background")]
    redrawn = f"([curve, light]) => String(({COLOURS})(curve)) === light"
    page.wait_for_function(redrawn, arg=[curve.element_handle(), ",".join(light)])
    assert curve.evaluate("curve => curve._fullLayout.xaxis.range") == zoomed
    assert zoomed[1] < 10


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_the_whole_picture_without_scrolling_sideways(
    dark: bool, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(phone=True, dark=dark), "?step=24&selected=u1")
    box = page.get_by_test_id("network").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wider


def test_nothing_flickers_the_picture_keeps_its_elements(page: Page) -> None:
    opened(page)
    page.get_by_test_id("node-u1").evaluate("e => { e.dataset.same = 'yes' }")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("step=2$"))
    field = page.get_by_test_id("number-w1_1")
    field.fill("0.7")
    field.press("Enter")
    expect(page.get_by_test_id("value-z1")).to_have_text("0.9")
    expect(page.get_by_test_id("node-u1")).to_have_attribute("data-same", "yes")
