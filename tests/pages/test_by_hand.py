"""The by-hand page, as a person without a browser sees it: links, choices, edits, exercise, tabs."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lab.by_hand.setting import Setting

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURE, NUMBERS = "by_hand/picture", "by_hand/numbers"
TABS = ("Parameters", "Check", "Formulas on trial", "Exercise", "Training steps", "Take home")


def opened(**parts: str) -> AppTest:
    """The page, opened by a link with these parts."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    app.query_params.update({key: [value] for key, value in parts.items()})
    app.switch_page("pages/by_hand.py").run()
    assert not app.exception
    return app


def setting(app: AppTest) -> Setting:
    found: Setting = app.session_state["by_hand/versions"].now
    return found


def address(app: AppTest) -> dict[str, str]:
    return {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}


def formulas(app: AppTest) -> str:
    return "\n".join(element.value for element in app.latex)


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.warning, *app.error, *app.info, *app.success))


def test_the_page_opens_on_the_document_s_example_with_nothing_in_its_address() -> None:
    app = opened()
    assert app.title[0].value == "By hand"
    assert address(app) == {}
    assert "x_{1} &= 1" in formulas(app)


def test_a_link_leads_to_its_step_with_symbols_numbers_and_result() -> None:
    app = opened(step="2")
    text = formulas(app)
    assert r"w_{11}\,x_{1} + w_{12}\,x_{2} + w_{13}\,x_{3} + b_{1}" in text
    assert r"0.1 \cdot 1 + 0.2 \cdot 2 + (-0.1) \cdot 3 + 0.1" in text
    assert r"z_{1} &= 0.3" in text
    assert address(app) == {"step": "2"}


def test_what_a_link_gets_wrong_is_named_and_the_rest_is_used() -> None:
    app = opened(step="3", w1="1,2", lr="1e308", output="sigmoyd", hidden="tanh", tolerence="1")
    text = said(app)
    for culprit in ("W1", "lr", "sigmoyd", "tolerence"):
        assert culprit in text
    assert (setting(app).step, setting(app).example.hidden) == (3, "tanh")
    assert address(app) == {"step": "3", "hidden": "tanh"}


def test_a_choice_is_in_the_address_and_undone_again() -> None:
    app = opened()
    app.selectbox(key="by_hand/output").set_value("sigmoid").run()
    app.selectbox(key="by_hand/loss").set_value("bce").run()
    assert address(app) == {"output": "sigmoid", "loss": "bce"}
    next(button for button in app.button if button.label == "Undo").click().run()
    assert address(app) == {"output": "sigmoid"}
    app.button(key="by_hand/redo").click().run()
    assert address(app) == {"output": "sigmoid", "loss": "bce"}
    assert app.button(key="by_hand/redo").disabled
    app.button(key="by_hand/reset").click().run()
    assert address(app) == {}


@pytest.mark.parametrize("text", ["abc", "nan", "inf", "1e308", "-1", "0", ""])
def test_a_learning_rate_that_is_none_keeps_the_last_good_one(text: str) -> None:
    app = opened()
    app.text_input(key="by_hand/lr").set_value(text).run()
    assert setting(app).optimizer.lr == 0.1
    assert "Learning rate" in said(app)
    assert app.text_input(key="by_hand/lr").value == "0.1"


def test_a_loss_without_a_value_says_why_and_offers_what_fits() -> None:
    app = opened(loss="bce", b2="-5,0.2", step="30")
    assert "output 5 is 0" in said(app)
    assert "nan" not in formulas(app).lower()
    next(button for button in app.button if button.label == "Use sigmoid outputs").click().run()
    assert setting(app).example.output == "sigmoid"
    assert "output 5 is 0" not in said(app)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"loss": "bce", "b2": "-5,0.2"},
        {"output": "softmax", "loss": "ce", "hidden": "gelu", "optimizer": "adam", "taken": "3"},
        {"sizes": "2-3-4-3-1", "seed": "4"},
        {"exercise": "1", "seed": "7"},
    ],
    ids=["document", "undefined loss", "softmax", "three hidden layers", "exercise"],
)
def test_every_tab_opens_whatever_the_link_says(tab: str, parts: dict[str, str]) -> None:
    app = opened(**parts)
    app.session_state["by_hand/tab"] = tab
    app.run()
    assert not app.exception


@pytest.mark.parametrize("name", ["x2", "bias1", "bias2", "u1", "u4", "u6", "J", "w1_2", "w6_4", "b3"])
@pytest.mark.parametrize("parts", [{}, {"output": "softmax", "loss": "ce"}, {"loss": "bce", "b2": "-5,0.2"}])
def test_everything_in_the_picture_has_a_card(name: str, parts: dict[str, str]) -> None:
    app = opened(selected=name, **parts)
    assert any(button.key == "by_hand/close" for button in app.button)
    app.button(key="by_hand/close").click().run()
    assert "selected" not in address(app)


def test_training_steps_move_the_network_and_stand_in_the_address() -> None:
    app = opened()
    app.session_state["by_hand/tab"] = "Training steps"
    app.run()
    app.button(key="by_hand/take-10").click().run()
    app.button(key="by_hand/take-1").click().run()
    assert address(app) == {"taken": "11"}
    assert not app.exception
    again = opened(taken="11")
    points = [each.session_state["by_hand/points"][1][11].trace.example for each in (app, again)]
    assert points[0] == points[1]


def test_a_diverging_training_says_where_it_stopped() -> None:
    app = opened(hidden="identity", output="identity", lr="100", taken="200")
    app.session_state["by_hand/tab"] = "Training steps"
    app.run()
    assert "stopped at step" in said(app)


def test_a_draw_and_other_sizes_are_in_the_address() -> None:
    app = opened()
    app.number_input(key="by_hand/seed").set_value(5).run()
    app.selectbox(key="by_hand/init").set_value("he_normal").run()
    app.number_input(key="by_hand/size1").set_value(5).run()
    assert address(app) == {"seed": "5", "init": "he_normal", "sizes": "3-5-2"}
    assert setting(app).example.sizes == (3, 5, 2)


def test_an_exercise_hides_confirms_diagnoses_and_keeps_the_score() -> None:
    app = opened(exercise="1", step="2")
    assert "0.3" not in formulas(app)
    app.text_input(key="by_hand/typed-z1").set_value("0.2")
    next(button for button in app.button if button.label == "Check").click().run()
    assert "Forgot the bias" in said(app)
    app.text_input(key="by_hand/typed-z1").set_value("0.30")
    next(button for button in app.button if button.label == "Check").click().run()
    assert "Right." in said(app)
    assert r"z_{1} &= 0.3" in formulas(app)
    app.session_state["by_hand/tab"] = "Exercise"
    app.run()
    assert {metric.label: metric.value for metric in app.metric} == {
        "Right": "1 of 78",
        "At the first try": "0",
        "Shown": "0",
    }


def test_an_answer_that_is_no_number_costs_no_try() -> None:
    app = opened(exercise="1", step="2")
    app.text_input(key="by_hand/typed-z1").set_value("two")
    next(button for button in app.button if button.label == "Check").click().run()
    assert "write a number" in said(app)
    assert app.session_state["by_hand/answers"][1] == {}


def test_the_setting_outlives_a_page_switch_and_returns_to_the_address() -> None:
    app = opened(hidden="tanh", step="4")
    app.switch_page("pages/home.py").run()
    app.query_params.clear()
    app.switch_page("pages/by_hand.py").run()
    assert address(app) == {"hidden": "tanh", "step": "4"}


def test_the_open_tab_stays_open_when_the_language_changes() -> None:
    app = opened(exercise="1")
    app.session_state["by_hand/tab"] = "Exercise"
    app.run()
    app.button(key="kit/language/zh").click().run()
    assert not app.exception
    assert app.session_state["by_hand/tab"] == "练习"
    assert "允许误差" in [group.label for group in app.button_group]
