"""A link holds the whole exercise; a broken one is used as far as it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.by_hand.draws import WEIGHTS, starting_example
from lab.by_hand.example import DOCUMENT, OUTPUTS
from lab.by_hand.link import link, read_link
from lab.by_hand.offered import RULES, TERMS
from lab.by_hand.setting import Setting, selectable
from lab.by_hand.update import HandOptimizer
from lab.parts.activations import ACTIVATIONS

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: value + 0.0)


@st.composite
def settings_made(draw: st.DrawFn) -> Setting:
    """Any setting that the page can be in."""
    sizes = draw(st.sampled_from([(3, 4, 2), (2, 3, 1), (1, 1, 1, 1), (3, 2, 4, 3, 2)]))
    init = draw(st.sampled_from(["", *(name for name in WEIGHTS if name != "paper")]))
    seed = draw(st.none() | st.integers(0, 2**31 - 1))
    example = starting_example(sizes, init, seed)
    known = (*example.inputs, *example.targets, *example.parameters)
    example = example.changed(draw(st.dictionaries(st.sampled_from(known), NUMBERS, max_size=4)))
    example = replace(
        example,
        hidden=draw(st.sampled_from(tuple(ACTIVATIONS))),
        output=draw(st.sampled_from(OUTPUTS)),
        loss=draw(st.sampled_from(tuple(TERMS))),
    )
    name = draw(st.sampled_from(tuple(RULES)))
    changed = (("weight_decay", 0.5),) if draw(st.booleans()) else ()
    return Setting(
        example=example,
        init=init,
        seed=seed,
        optimizer=HandOptimizer(name, draw(st.floats(1e-9, 100)), changed),
        taken=draw(st.integers(0, 1000)),
        step=draw(st.integers(1, 99)),
        detail=draw(st.sampled_from(["unit", "fine"])),
        show=draw(st.sampled_from(["both", "values", "grads"])),
        selected=draw(st.sampled_from(("", *selectable(example)))),
        exercise=draw(st.booleans()),
        tolerance=draw(st.sampled_from(["exact", "close", "rough"])),
        large=draw(st.booleans()),
    )


@settings(max_examples=120, deadline=None)
@given(settings_made())
def test_a_link_restores_the_setting_it_was_made_from(setting: Setting) -> None:
    assert read_link(link(setting)) == (setting, ())


def test_the_default_has_nothing_in_its_link() -> None:
    assert link(Setting()) == {}


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "sizes",
                "seed",
                "init",
                "x",
                "y",
                "w1",
                "b2",
                "w4",
                "hidden",
                "loss",
                "lr",
                "step",
                "taken",
                "selected",
            ]
        )
        | st.text(max_size=12),
        st.text(max_size=40)
        | st.sampled_from(["nan", "1e999", "-1", "3-4-2", "9-9-9-9-9-9", "1;2;3", "0x10"]),
        max_size=6,
    )
)
def test_no_link_breaks_the_page(parts: dict[str, str]) -> None:
    setting, problems = read_link(parts)
    assert read_link(link(setting)) == (setting, ())
    assert len(problems) <= len(parts)


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"w1": "1,2,3"}, "W1"),
        ({"w1": "1,2,3;1,2,x;1,2,3;1,2,3"}, "'x'"),
        ({"w3": "1"}, "2 layers"),
        ({"sizes": "3-400-2"}, "sizes"),
        ({"seed": "-4"}, "seed"),
        ({"hidden": "rleu"}, "did you mean 'relu'"),
        ({"optimizer": "adma"}, "did you mean 'adam'"),
        ({"optimizer": "momentum", "momentum": "1"}, "below 1"),
        ({"x": "1,2," + "9" * 400}, "x"),
        ({"hiden": "relu"}, "'hiden' does not belong in this link; did you mean 'hidden'?"),
        ({"momentum": "0.5"}, "'momentum' does not belong in this link; it belongs to"),
        ({"w1": "1," * 4000}, "8,000 letters; at most 6,000 are allowed"),
        ({"selected": "u9"}, "selected"),
        ({"step": "0"}, "step"),
        ({"taken": "99999"}, "taken"),
    ],
)
def test_each_part_that_cannot_be_read_is_named_and_the_rest_used(parts: dict[str, str], named: str) -> None:
    setting, problems = read_link({**parts, "y": "1,0"})
    assert named in " ".join(problems)
    assert setting.example.y == (1.0, 0.0)
    assert setting.example.weights == DOCUMENT.weights


def test_what_is_no_part_of_a_setting_is_passed_over() -> None:
    foreign = {"fbclid": "IwAR", "utm_source": "mail", "token": "1", "": "x", "run": "a", "lang": "zh"}
    assert read_link({"step": "2", **foreign}) == (Setting(step=2), ())
