"""Fields and their controls: every field of every part has words and bounds, and parses what people enter."""

from __future__ import annotations

import math

import pytest
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

from lab.parts.augmentations import AUGMENTATIONS
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.layers import LAYERS
from lab.parts.losses import LOSSES
from lab.parts.optimizers import OPTIMIZERS
from lab.parts.schedules import SCHEDULES
from lab.spec import DataSpec, TrainSpec
from lab.text import shown
from pages.ui.kit.controls import escaped
from pages.ui.kit.fields import Field, fields_of, parsed, written

MODELS: list[type[BaseModel]] = [
    DataSpec,
    TrainSpec,
    *(
        part
        for table in (AUGMENTATIONS, INITIALISATIONS, LAYERS, LOSSES, OPTIMIZERS, SCHEDULES)
        for part in table.values()
    ),
]
FIELDS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in MODELS
    for field in fields_of(model).values()
]
NUMBERS = [case for case in FIELDS if case.values[1].sort in ("number", "whole")]  # type: ignore[union-attr]


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_every_field_has_a_title_and_one_sentence(model: type[BaseModel], field: Field) -> None:
    assert field.title
    assert field.title[0].isupper()
    assert field.description.endswith(".") or field.sort in ("parts", "part")
    assert field.description in field.help()


@pytest.mark.parametrize(("model", "field"), NUMBERS)
def test_every_number_says_its_bounds_and_refuses_what_is_outside(
    model: type[BaseModel], field: Field
) -> None:
    assert field.bounds
    assert field.bounds in field.help()
    for wrong in (math.nan, math.inf, -math.inf, 1e30, -1.0, "abc", None, ""):
        with pytest.raises(ValueError, match=field.title.replace("(", r"\(").replace(")", r"\)")):
            parsed(field, wrong)


@pytest.mark.parametrize(("model", "field"), NUMBERS)
def test_the_default_and_the_bounds_themselves_are_allowed_by_control_and_spec(
    model: type[BaseModel], field: Field
) -> None:
    default = model.model_fields[field.name].default
    for value in (default, field.minimum, field.maximum):
        if value is not None:
            meant = parsed(field, float(value))
            model.model_validate({field.name: meant})


@pytest.mark.parametrize(
    ("value", "text"), [(16384, "16,384"), (0.001, "0.001"), (1e-8, "1e-08"), (3.0, "3"), (None, "")]
)
def test_numbers_are_shown_as_people_write_them(value: float | None, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(16384, "16384"), (0.001, "0.001"), (1e-8, "1e-08"), (3.0, "3"), (None, "")]
)
def test_numbers_stand_in_their_field_as_they_can_be_entered(value: float | None, text: str) -> None:
    assert written(value) == text


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


def echoing() -> None:
    import streamlit as st

    from pages.ui.kit.controls import showing

    st.text_input("Kept", key=showing("kit/kept", st.session_state["truth"]))


def test_a_widget_without_a_default_shows_what_the_caller_keeps() -> None:
    app = AppTest.from_function(echoing)
    app.session_state["truth"] = "first"
    app.run()
    assert app.text_input(key="kit/kept").value == "first"
    app.text_input(key="kit/kept").set_value("typed").run()
    assert app.text_input(key="kit/kept").value == "first"
    app.session_state["truth"] = "second"
    assert app.run().text_input(key="kit/kept").value == "second"
