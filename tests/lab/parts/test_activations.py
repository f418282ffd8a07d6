"""Every activation's plain arithmetic agrees with its torch module and with autograd."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lab.parts.activations import ACTIVATIONS
from tests.support.narrowing import present

NAMES = sorted(ACTIVATIONS)


def slope_of(name: str) -> Callable[[float], float]:
    slope = ACTIVATIONS[name].slope
    assert slope is not None
    return slope.value


@pytest.mark.parametrize("name", NAMES)
@given(z=st.floats(-30, 30).filter(lambda z: abs(z) > 1e-6))
def test_value_and_slope_equal_autograd(name: str, z: float) -> None:
    entry = ACTIVATIONS[name]
    x = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    a = entry.module()(x)
    a.backward()
    assert entry.value(z) == pytest.approx(a.item(), rel=1e-9, abs=1e-12)
    assert slope_of(name)(z) == pytest.approx(present(x.grad).item(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [0.0, -0.0, 1e-300, -1e-300, 1e-8, -1e-8, 30.0, 30.1, -30.0, 1000.0, -1000.0])
def test_value_and_slope_equal_torchs_at_the_corners(name: str, z: float) -> None:
    entry = ACTIVATIONS[name]
    x = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    a = entry.module()(x)
    a.backward()
    assert x.grad is not None
    assert entry.value(z) == pytest.approx(a.item(), rel=1e-9, abs=1e-12)
    assert slope_of(name)(z) == pytest.approx(x.grad.item(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_what_jumps_at_zero_is_what_the_entry_says(name: str) -> None:
    entry, width = ACTIVATIONS[name], 1e-4
    slope = slope_of(name)
    jump = abs(slope(width) - slope(-width))
    bend = abs((slope(2 * width) - slope(width)) - (slope(-width) - slope(-2 * width))) / width
    assert entry.slope is not None
    assert entry.slope.jumps == ("slope" if jump > 0.1 else "curvature" if bend > 0.1 else "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [-1e300, -1000.0, 0.0, 1000.0])
def test_large_inputs_overflow_nowhere(name: str, z: float) -> None:
    assert not math.isnan(ACTIVATIONS[name].value(z))
    assert not math.isnan(slope_of(name)(z))


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_has_its_words(name: str) -> None:
    entry = ACTIVATIONS[name]
    assert entry.name == name
    assert all((entry.title, entry.formula, entry.slope, entry.summary, entry.source))
