"""The networks that come with the lab."""

from __future__ import annotations

import json

import pytest
import torch

from lab.models.loading import load_model
from lab.models.shipped import SHIPPED
from lab.network.weights import load


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_answers_at_once_and_is_small(name: str) -> None:
    assert SHIPPED[name].path.stat().st_size < 1_000_000
    model = load_model(name)
    assert model.title == str(SHIPPED[name].title)
    assert json.loads(SHIPPED[name].spec_path.read_text()) == json.loads(model.spec.model_dump_json())
    assert load_model(name) is model


def test_the_weights_of_the_shipped_models_are_finite_and_sealed() -> None:
    for shipped in SHIPPED.values():
        tensors, metadata = load(shipped.path)
        assert all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())
        assert int(metadata["epoch"]) > 0
