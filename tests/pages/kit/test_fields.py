"""Fields: every field of every part has words and bounds, and parses what people enter."""

from __future__ import annotations

import math
import re

import pytest
from pydantic import BaseModel

from lab.parts.augmentations import AUGMENTATIONS
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.layers import LAYERS
from lab.parts.losses import LOSSES
from lab.parts.optimizers import OPTIMIZERS
from lab.parts.schedules import SCHEDULES
from lab.spec import DataSpec, TrainSpec
from lab.texts import speaking
from lab.texts.formats import number
from pages.ui.kit.fields import EntryError, Field, fields_of, parsed, written

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
    assert str(field.title)[0].isupper()
    assert str(field.description).endswith(".") or field.sort in ("parts", "part")
    assert str(field.description) in field.help()


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_a_name_to_choose_has_words_or_is_an_acronym(model: type[BaseModel], field: Field) -> None:
    acronyms = {"RNN", "LSTM", "GRU", "CPU", "CUDA"}
    shown = [str(words) for words in field.choices.values()]
    assert all(words in acronyms or words != words.upper() or field.words for words in shown)


def test_what_was_entered_wrong_is_said_in_the_readers_language() -> None:
    with pytest.raises(EntryError) as caught:
        parsed(fields_of(TrainSpec)["epochs"], "1,5")
    with speaking("zh"):
        assert "“1,5”不是数；可用范围：1 到 1,000，小数点用“.”" in str(caught.value)


@pytest.mark.parametrize(("model", "field"), NUMBERS)
def test_every_number_says_its_bounds_and_refuses_what_is_outside(
    model: type[BaseModel], field: Field
) -> None:
    assert field.bounds
    assert field.bounds in field.help()
    for wrong in (math.nan, math.inf, -math.inf, 1e30, -1.0, "abc", None, ""):
        with pytest.raises(ValueError, match=re.escape(str(field.title))):
            parsed(field, wrong)


@pytest.mark.parametrize(("model", "field"), NUMBERS)
def test_the_default_and_the_bounds_themselves_are_allowed_by_control_and_spec(
    model: type[BaseModel], field: Field
) -> None:
    default = model.model_fields[field.name].default
    for value in (default, field.limits.minimum, field.limits.maximum):
        if value is not None:
            meant = parsed(field, float(value))
            model.model_validate({field.name: meant})


@pytest.mark.parametrize(
    ("value", "text"), [(16384, "16,384"), (0.001, "0.001"), (1e-8, "1e-08"), (3.0, "3"), (None, "")]
)
def test_numbers_are_shown_as_people_write_them(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(16384, "16384"), (0.001, "0.001"), (1e-8, "1e-08"), (3.0, "3"), (None, "")]
)
def test_numbers_stand_in_their_field_as_they_can_be_entered(value: float | None, text: str) -> None:
    assert written(value) == text


def test_a_field_is_said_in_the_language_of_its_reader() -> None:
    assert fields_of(TrainSpec)["epochs"].title == "Epochs"
    with speaking("zh"):
        fields = fields_of(TrainSpec)
        assert (fields["epochs"].title, fields["epochs"].description) == ("轮数", "全部训练样本用多少遍。")
        assert fields["device"].choices == {"auto": "自动", "cpu": "CPU", "cuda": "CUDA"}
    assert fields_of(TrainSpec)["device"].choices["auto"] == "Auto"
