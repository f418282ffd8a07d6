"""A run's spec survives JSON, and refuses what it does not know by name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.parts.augmentations import AUGMENTATIONS
from lab.presets import PRESETS, preset
from lab.registry import SpecError
from lab.spec import MAX_TEXT_BYTES, RunSpec, changed, parse_spec

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def _paths(content: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [before] if before else []
    items = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, value in items:
        found += _paths(value, (*before, key))
    return found


CONTENT = json.loads(preset("small-cnn").model_dump_json())
PATHS = _paths(CONTENT)


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_survives_json(name: str) -> None:
    spec = preset(name)
    assert parse_spec(spec.model_dump_json()) == spec


@given(path=st.sampled_from(PATHS), value=ANYTHING)
def test_a_hostile_value_anywhere_is_taken_or_named(path: tuple[Any, ...], value: Any) -> None:
    content = json.loads(json.dumps(CONTENT))
    here = content
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    try:
        spec = parse_spec(json.dumps(content))
    except SpecError as error:
        assert error.errors
        assert all(entry.message for entry in error.errors)
    else:
        assert parse_spec(spec.model_dump_json()) == spec


@given(text=st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_refused_as_a_spec_error(text: str | bytes) -> None:
    with pytest.raises(SpecError):
        parse_spec(text)


def _error(**changes: Any) -> str:
    content = json.loads(json.dumps(CONTENT)) | changes
    with pytest.raises(SpecError) as caught:
        parse_spec(json.dumps(content))
    return str(caught.value)


def test_an_unknown_key_is_named_with_the_nearest() -> None:
    assert _error(train={"epoch": 3}) == "train.epoch: unknown key 'epoch'; did you mean 'epochs'?"


def test_an_unknown_name_is_named_with_the_nearest() -> None:
    layers = [{"kind": "linear", "activation": "rleu"}]
    assert "unknown activation 'rleu'; did you mean 'relu'?" in _error(network={"layers": layers})
    assert "unknown kind 'liner'; did you mean 'linear'?" in _error(network={"layers": [{"kind": "liner"}]})


@pytest.mark.parametrize("version", [2, True, 1.0, "1", None, [1]])
def test_a_wrong_version_is_named(version: Any) -> None:
    assert _error(version=version) == f"version: {version!r} is not allowed; allowed: 1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": {"epochs": 5000}}, "train.epochs: 5000 is not allowed: 1 to 1,000"),
        (
            {"train": {"optimizer": {"kind": "sgd", "lr": 0}}},
            "train.optimizer.lr: 0 is not allowed: 1e-12 to 100",
        ),
        (
            {"train": {"optimizer": {"kind": "sgd", "momentum": 1}}},
            "train.optimizer.momentum: 1 is not allowed: at least 0 and below 1",
        ),
        (
            {"network": {"layers": [{"kind": "linear", "units": 0}]}},
            "network.layers.0.units: 0 is not allowed: 1 to 16,384",
        ),
        (
            {"network": {"layers": [{"kind": "dropout", "p": 1.0}]}},
            "network.layers.0.p: 1.0 is not allowed: 0 to 0.95",
        ),
    ],
)
def test_what_is_out_of_bounds_is_told_both_bounds(changes: dict[str, Any], message: str) -> None:
    assert _error(**changes).splitlines()[0] == message


def test_a_million_layers_and_a_billion_units_are_refused() -> None:
    assert "at most 64" in _error(network={"layers": [{"kind": "flatten"}] * 10_000})
    assert "network.layers.0.units" in _error(network={"layers": [{"kind": "linear", "units": 10**9}]})


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(SpecError, match="1,000,000 bytes that are allowed"):
        parse_spec("[" * (MAX_TEXT_BYTES + 1))


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", '"0.1"', "null", "0", "-1", "1e308", "5e-324"]
)
def test_a_learning_rate_is_a_positive_number_in_bounds(value: str) -> None:
    text = json.dumps(CONTENT).replace('"lr": 0.003', f'"lr": {value}')
    with pytest.raises(SpecError, match=r"train\.optimizer\.lr"):
        parse_spec(text)


def test_one_field_changes_by_its_path() -> None:
    spec = preset("document-mlp")
    assert changed(spec, "optimizer.lr", 0.01).train.optimizer.lr == 0.01
    assert changed(spec, "network.layers.1.units", 12).network.layers[1] == spec.network.layers[1].model_copy(
        update={"units": 12}
    )


def test_changing_the_kind_keeps_what_both_kinds_have() -> None:
    spec = changed(changed(preset("document-mlp"), "optimizer.weight_decay", 0.1), "optimizer.kind", "adamw")
    assert (spec.train.optimizer.kind, spec.train.optimizer.weight_decay) == ("adamw", 0.1)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("optimizr.lr", "did you mean 'optimizer'"),
        ("optimizer.lrr", "did you mean 'lr'"),
        ("network.layers.9.units", "allowed: 0 to"),
        ("", "unknown key"),
    ],
)
def test_a_wrong_path_names_the_nearest(path: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        changed(preset("document-mlp"), path, 1)


def test_specs_are_values() -> None:
    spec = preset("softmax")
    assert spec == RunSpec.model_validate(spec.model_dump())
    with pytest.raises(Exception, match="frozen"):
        spec.train.epochs = 3  # type: ignore[misc]


def test_a_key_that_stands_twice_is_named_instead_of_the_last_one_counting() -> None:
    text = preset("softmax").model_dump_json()
    for twice in (f'{text[:-1]},"title":"x"}}', text.replace('"title":', '"title":1,"title":')):
        with pytest.raises(SpecError, match="the key 'title' stands twice"):
            parse_spec(twice)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_byte_order_marks_of_windows_are_no_obstacle(encoding: str) -> None:
    spec = preset("softmax")
    assert parse_spec(spec.model_dump_json().encode(encoding)) == spec


def test_a_broken_encoding_is_named() -> None:
    with pytest.raises(SpecError, match="not utf-16"):
        parse_spec("{}".encode("utf-16") + b"x")


def test_an_index_into_an_empty_list_says_that_it_is_empty() -> None:
    with pytest.raises(SpecError, match="unknown index '0'; the list is empty"):
        changed(preset("softmax"), "data.augmentations.0.kind", "rotate")


def test_all_kinds_of_augmentation_may_be_used_at_once() -> None:
    wanted = [{"kind": kind} for kind in AUGMENTATIONS]
    assert len(changed(preset("softmax"), "data.augmentations", wanted).data.augmentations) == len(wanted)
