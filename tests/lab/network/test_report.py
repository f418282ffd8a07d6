"""What a stack costs, where it does not fit, and what mends it."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.network.build import build_network
from lab.network.report import layer_reports, misfits
from lab.parts.layers import LAYERS, AnyLayer, Conv2d, Flatten, Linear, MaxPool, PatchEmbedding, Transformer
from lab.presets import PRESETS
from lab.spec import NetworkSpec
from tests.support.parts import part

END = Linear(units=10, activation="identity")


def repaired(spec: NetworkSpec) -> NetworkSpec:
    """The stack after every offered fix has been taken, one at a time."""
    for _ in range(100):
        wrong = next((report for report in layer_reports(spec) if report.error), None)
        if wrong is None:
            return spec
        assert wrong.fix is not None, wrong
        spec = NetworkSpec.model_validate({"layers": wrong.fix.applied(spec.layers, wrong.index)})
    raise AssertionError(f"never repaired: {spec}")


@pytest.mark.parametrize("name", PRESETS)
def test_reports_agree_with_the_network_that_is_built(name: str) -> None:
    spec = PRESETS[name].spec.network
    network = build_network(spec).eval()
    x = torch.zeros(2, 1, 28, 28)
    for module, report in zip(network, layer_reports(spec), strict=True):
        assert tuple(x.shape[1:]) == report.in_shape
        x = module(x)
        assert tuple(x.shape[1:]) == report.out_shape
        assert sum(p.numel() for p in module.parameters()) == report.parameters
        assert report.error == ""


def test_flops_of_dense_and_convolution_are_two_per_multiplication() -> None:
    stack = (Conv2d(channels=4, kernel=3, padding=1), Flatten(), END)
    conv, _, dense = layer_reports(NetworkSpec(layers=stack))
    assert conv.flops == 2 * 4 * 9 * 28 * 28
    assert dense.flops == 2 * 4 * 28 * 28 * 10


def test_reporting_a_huge_stack_allocates_nothing() -> None:
    layers: tuple[AnyLayer, ...] = (Flatten(), *[Linear(units=16_384)] * 60, END)
    reports = layer_reports(NetworkSpec(layers=layers))
    assert sum(report.parameters for report in reports) > 15_000_000_000


def test_a_linear_layer_on_an_image_offers_flatten() -> None:
    first = layer_reports(NetworkSpec(layers=(Linear(), END)))[0]
    assert "needs a vector but gets an image of 1 × 28 × 28" in first.error
    assert first.fix is not None
    assert first.fix.applied((Linear(), END), 0) == (Flatten(), Linear(), END)


def test_only_the_layer_that_does_not_fit_is_marked() -> None:
    layers = (Conv2d(), Linear(units=30), Linear(units=20), END)
    assert [bool(report.error) for report in layer_reports(NetworkSpec(layers=layers))] == [
        False,
        True,
        False,
        False,
    ]


def test_a_last_layer_without_ten_logits_offers_ten() -> None:
    reports = layer_reports(NetworkSpec(layers=(Flatten(), Linear(units=12))))
    assert "10 logits" in reports[-1].error
    assert reports[-1].fix is not None
    assert reports[-1].fix.layer == Linear(units=10)


def test_a_stack_without_an_end_reports_on_the_output() -> None:
    reports = layer_reports(NetworkSpec(layers=(Conv2d(), MaxPool())))
    assert reports[-1].index == 2
    assert reports[-1].title == "Output"
    assert repaired(NetworkSpec(layers=(Conv2d(), MaxPool()))).layers == (
        Conv2d(),
        MaxPool(),
        Flatten(),
        END,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([part(LAYERS, kind) for kind in LAYERS]), min_size=1, max_size=7))
def test_taking_the_fixes_offered_always_leads_to_a_network(layers: list[AnyLayer]) -> None:
    spec = repaired(NetworkSpec(layers=tuple(layers)))
    assert build_network(spec).eval()(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(
                Conv2d, kernel=st.integers(1, 28), stride=st.integers(1, 8), padding=st.integers(0, 14)
            ),
            st.builds(MaxPool, kernel=st.integers(1, 28), stride=st.integers(1, 28)),
            st.builds(PatchEmbedding, patch=st.integers(1, 28), width=st.integers(1, 40)),
            st.builds(Transformer, heads=st.integers(1, 32)),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_sizes_that_do_not_fit_are_repaired_too(layers: list[AnyLayer]) -> None:
    assert not misfits(repaired(NetworkSpec(layers=tuple(layers))))
