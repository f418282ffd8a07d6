"""Tables of parts, and errors that name the culprit, its value and what is allowed."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Literal

import pytest
from pydantic import ValidationError

from lab.registry import (
    Bounds,
    NameIn,
    Part,
    Spec,
    SpecError,
    bounds_of,
    did_you_mean,
    hyper,
    name_in,
    once,
    spec_error,
    table,
    words_of,
)
from lab.spec import TrainSpec
from lab.texts import Name, Words, speaking


class Cat(Part):
    title: ClassVar[Words] = Name("Cat")
    summary: ClassVar[Words] = Name("It purrs.")
    kind: Literal["cat"] = "cat"
    lives: int = hyper(9, Name("Lives"), Name("How many are left."), ge=1, le=9)
    weight: float = hyper(4.0, Name("Weight"), Name("In kilograms."), gt=0.0, lt=20.0)


class Dog(Part):
    title: ClassVar[Words] = Name("Dog")
    summary: ClassVar[Words] = Name("It barks.")
    kind: Literal["dog"] = "dog"


PETS = table(Dog | Cat)


class Home(Spec):
    pet: Cat = Cat()
    name: str = "home"


def wrong(**fields: Any) -> str:
    """What is said of a home with these fields."""
    with pytest.raises(ValidationError) as caught:
        Home.model_validate(fields)
    return str(spec_error(caught.value, Home))


def test_a_table_has_its_parts_by_kind_in_their_order() -> None:
    assert list(PETS.items()) == [("dog", Dog), ("cat", Cat)]


def test_a_field_knows_its_bounds_and_words() -> None:
    fields = Cat.model_fields
    assert bounds_of(fields["lives"]) == Bounds(minimum=1.0, maximum=9.0)
    assert bounds_of(fields["weight"]) == Bounds(above=0.0, below=20.0)
    words = words_of(fields["lives"])
    assert words is not None
    assert (words.title, words.description) == ("Lives", "How many are left.")
    assert words_of(fields["kind"]) is None


def test_the_json_schema_has_the_words_in_english() -> None:
    with speaking("zh"):
        schema = TrainSpec.model_json_schema()
    assert schema["properties"]["batch_size"]["title"] == "Batch size"
    assert schema["$defs"]["SGD"]["properties"]["lr"]["description"] == "How far each step goes."


@pytest.mark.parametrize(
    ("ends", "english", "chinese"),
    [
        ({"minimum": 0.0, "maximum": 16_384.0}, "0 to 16,384", "0 到 16,384"),
        ({"minimum": 1.0}, "at least 1", "不小于 1"),
        ({"above": 0.0, "below": 1.0}, "above 0 and below 1", "大于 0 且小于 1"),
        ({"minimum": 0.0, "below": 1.0}, "at least 0 and below 1", "不小于 0 且小于 1"),
        ({"above": 0.0, "maximum": 5.0}, "above 0 and at most 5", "大于 0 且不大于 5"),
        ({}, "", ""),
    ],
)
def test_bounds_say_which_ends_are_open(ends: dict[str, float], english: str, chinese: str) -> None:
    assert str(Bounds(**ends)) == english
    with speaking("zh"):
        assert str(Bounds(**ends)) == chinese


def test_an_error_is_said_in_the_language_of_whoever_reads_it() -> None:
    with pytest.raises(ValidationError) as caught:
        Home.model_validate({"pet": {"livse": 3}, "name": 3})
    error = spec_error(caught.value, Home)
    with speaking("zh"):
        assert str(error) == "pet.livse：没有名为“livse”的字段；是不是“lives”？\nname：3 不是文本"
    assert str(error) == "pet.livse: unknown key 'livse'; did you mean 'lives'?\nname: 3 is not a text"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rleu", "did you mean 'relu'?"),
        ("zzzz", "allowed: relu, tanh"),
        (7, "allowed: relu, tanh"),
    ],
)
def test_a_mistyped_name_gets_the_nearest_or_all(name: object, hint: str) -> None:
    assert str(did_you_mean(name, ["relu", "tanh"])) == hint


def test_where_nothing_is_allowed_it_says_none() -> None:
    assert str(did_you_mean("x", [])) == "allowed: none"


def test_the_validator_of_a_name_keeps_its_table() -> None:
    check = name_in(PETS, "registry.unknown_data_set")
    assert isinstance(check, NameIn)
    assert check.names is PETS


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pet": {"lives": 10}}, "pet.lives: 10 is not allowed: 1 to 9"),
        ({"pet": {"weight": 0.0}}, "pet.weight: 0.0 is not allowed: above 0 and below 20"),
        ({"pet": {"livse": 3}}, "pet.livse: unknown key 'livse'; did you mean 'lives'?"),
        ({"nmae": "x"}, "nmae: unknown key 'nmae'; did you mean 'name'?"),
        ({"name": 3}, "name: 3 is not a text"),
        ({"name": "x", "pet": {"weight": float("nan")}}, "pet.weight: nan is not a finite number"),
    ],
)
def test_an_error_names_path_value_and_what_is_allowed(fields: dict[str, Any], said: str) -> None:
    assert said in wrong(**fields)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(wrong(pet={"lives": 0, "weight": -1.0}, name=1).splitlines()) == 3


def test_a_long_value_is_cut() -> None:
    assert len(wrong(name=["x"] * 5000)) < 200


def test_the_tag_of_a_union_is_no_part_of_the_path() -> None:
    with pytest.raises(ValidationError) as caught:
        TrainSpec.model_validate({"optimizer": {"kind": "sgd", "lr": -1.0}})
    (error,) = spec_error(caught.value, TrainSpec).errors
    assert error.path == "optimizer.lr"


def test_a_key_that_stands_twice_in_json_is_refused() -> None:
    assert json.loads('{"a": 1, "b": 2}', object_pairs_hook=once) == {"a": 1, "b": 2}
    with pytest.raises(SpecError, match="the key 'a' stands twice"):
        json.loads('{"a": 1, "a": 2}', object_pairs_hook=once)
