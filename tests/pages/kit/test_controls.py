"""Controls show a value or a mistake, and follow what they stand for."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from pages.ui.kit.controls import escaped


def test_markdown_in_an_error_is_taken_literally() -> None:
    assert escaped("**[x](y)** :red[z] $1$") == r"\*\*\[x\]\(y\)\*\* \:red\[z\] \$1\$"


def _controls() -> None:
    import streamlit as st

    from lab.parts.layers import LAYERS
    from pages.ui.kit.controls import part_controls
    from pages.ui.kit.fields import WrongValue

    def put(name: str, value: object) -> None:
        st.session_state["got"] = (name, value)

    wrong = {"units": WrongValue("0", "Units 0 is not allowed: 1 to 16,384")}
    part_controls(LAYERS["linear"].model_validate({}), "a", put, mistakes=wrong)
    part_controls(LAYERS["dropout"].model_validate({}), "b", put)


def test_controls_show_the_value_or_the_mistake_and_hand_on_what_is_entered() -> None:
    app = AppTest.from_function(_controls).run()
    assert app.text_input(key="a/units").value == "0"
    assert any("Units 0 is not allowed" in line.value for line in app.markdown)
    assert app.text_input(key="a/units").label == "Units"
    assert "Units 0 is not allowed" in app.text_input(key="a/units").help
    assert [part.proto.body.count(".st-key-a-units ") for part in app.get("html")] == [1]
    assert app.text_input(key="b/p").value == "0.25"
    app.text_input(key="b/p").set_value("0.5").run()
    assert app.session_state["got"] == ("p", "0.5")
    app.selectbox(key="a/activation").select("tanh").run()
    assert app.session_state["got"] == ("activation", "tanh")
    assert not app.exception


def test_a_widget_follows_its_value_not_the_other_way_round() -> None:
    app = AppTest.from_function(_controls).run()
    app.text_input(key="b/p").set_value("0.7").run()
    assert app.text_input(key="b/p").value == "0.25", "the caller kept 0.25, so that is what stands there"
