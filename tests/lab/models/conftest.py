"""A run whose weights lie in a folder."""

from __future__ import annotations

import pytest

from lab.presets import PRESETS
from lab.spec import RunSpec


@pytest.fixture
def spec() -> RunSpec:
    return PRESETS["softmax"].spec
