"""Links: every configuration comes back from its link, and a broken link never breaks the page."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.parts.layers import LAYERS
from lab.parts.optimizers import OPTIMIZERS
from lab.parts.schedules import SCHEDULES
from lab.presets import PRESETS, preset
from lab.spec import RunSpec, changed
from lab.spec_link import LinkedSpec, link_of, spec_in

LAYER = st.sampled_from([part.model_validate({}) for part in LAYERS.values()])


@st.composite
def specs(draw: st.DrawFn) -> RunSpec:
    spec = draw(st.sampled_from([entry.spec for entry in PRESETS.values()]))
    if draw(st.booleans()):
        layers = draw(st.lists(LAYER, min_size=1, max_size=12))
        spec = changed(spec, "network.layers", [layer.model_dump() for layer in layers])
    if draw(st.booleans()):
        spec = changed(spec, "train.optimizer", {"kind": draw(st.sampled_from(sorted(OPTIMIZERS)))})
    if draw(st.booleans()):
        spec = changed(spec, "train.schedule", {"kind": draw(st.sampled_from(sorted(SCHEDULES)))})
    spec = changed(spec, "train.optimizer.lr", draw(st.floats(1e-9, 100.0)))
    return changed(spec, "title", draw(st.text(max_size=80)))


def packed(text: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


@given(specs())
def test_a_configuration_comes_back_from_its_link(spec: RunSpec) -> None:
    linked = spec_in(link_of(spec))
    assert linked.spec == spec
    assert not linked.problems


@pytest.mark.parametrize("name", PRESETS)
def test_the_link_of_a_preset_is_its_name(name: str) -> None:
    assert link_of(preset(name)) == {"preset": name}


def test_a_small_change_of_a_preset_can_be_read_in_its_link() -> None:
    spec = changed(preset("lenet5"), "train.epochs", 3)
    assert link_of(spec) == {"preset": "lenet5", "train.epochs": "3"}


def test_no_link_at_all_is_the_documents_network() -> None:
    assert spec_in({}).spec == preset("document-mlp")


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ({"preset": "lenet"}, "did you mean 'lenet5'"),
        ({"train.epochs": "0"}, "0 is not allowed: 1 to 1,000"),
        ({"train.epochs": "many"}, "'many'"),
        ({"train.optimizer.lr": "NaN"}, "finite"),
        ({"train.optimizer.lr": "1e999"}, "finite"),
        ({"train.epocs": "3"}, "did you mean 'epochs'"),
        ({"network.layers.99.units": "3"}, "index '99'"),
        ({"train.optimizer.kind": "adm"}, "did you mean 'adam'"),
        ({"trian.epochs": "3"}, "unknown key 'trian'"),
        ({"spec": "@@@"}, "'@@@' is cut off or altered; copy the whole link again"),
        ({"spec": packed(b"{}")[:-6]}, "cut off"),
        ({"spec": "A" * 300_000}, "at most"),
        ({"spec": packed(b" " * 50_000_000)}, "1,000,000"),
        ({"spec": packed(b"[" * 100_000)}, "used"),
        ({"spec": packed(b'{"version": 9}')}, "version"),
    ],
)
def test_a_bad_link_is_named_and_the_page_has_a_configuration(link: dict[str, str], named: str) -> None:
    linked = spec_in(link)
    assert named in " ".join(map(str, linked.problems))
    assert linked.spec == preset("document-mlp")


def test_what_is_no_parameter_of_a_configuration_is_passed_over() -> None:
    foreign = {"fbclid": "IwAR", "utm_source": "mail", "gclid": "1", "": "x", "run": "a", "lang": "zh"}
    assert spec_in({"preset": "lenet5", **foreign}) == LinkedSpec(preset("lenet5"))


def test_what_is_right_in_a_bad_link_is_used() -> None:
    linked = spec_in({"preset": "lenet5", "train.epochs": "-3", "train.seed": "7"})
    assert linked.spec == changed(preset("lenet5"), "train.seed", 7)
    assert len(linked.problems) == 1


def test_what_is_right_in_a_bad_packed_spec_is_used() -> None:
    content = preset("lenet5").model_dump(mode="json")
    content["train"]["optimizer"]["lr"] = -1
    content["train"]["epochs"] = 4
    content["colour"] = "red"
    linked = spec_in({"spec": packed(json.dumps(content).encode())})
    assert linked.spec.train.epochs == 4
    assert linked.spec.network == preset("lenet5").network
    assert "colour" in " ".join(map(str, linked.problems))
    assert "train.optimizer" in " ".join(map(str, linked.problems))


def test_of_a_key_that_stands_twice_the_last_value_is_taken_and_it_is_said() -> None:
    text = preset("lenet5").model_dump_json().replace('"seed":0', '"seed":1,"seed":2')
    linked = spec_in({"spec": packed(text.encode())})
    assert linked.spec == changed(preset("lenet5"), "train.seed", 2)
    (problem,) = map(str, linked.problems)
    assert problem == "the key 'seed' stands twice; write it once; its last value was taken"


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=4))
def test_any_link_gives_a_configuration(link: dict[str, str]) -> None:
    assert isinstance(spec_in(link).spec, RunSpec)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["network", "layers", "train", "kind", "data", "x"]), inner, max_size=4
            )
        ),
    )
)
def test_any_packed_json_gives_a_configuration(content: object) -> None:
    assert isinstance(spec_in({"spec": packed(json.dumps(content).encode())}).spec, RunSpec)
