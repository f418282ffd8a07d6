"""Pixels become a network's numbers, and come back."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torchvision.transforms.v2 import Normalize

from lab.parts.normalisation import NORMALISATIONS


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_it_is_torchvisions_and_can_be_undone(name: str) -> None:
    entry = NORMALISATIONS[name]
    pixels = torch.rand(1, 28, 28)
    torch.testing.assert_close(entry(pixels), Normalize([entry.mean], [entry.std])(pixels))
    torch.testing.assert_close(entry.undo(entry(pixels)), pixels)


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_the_type_and_library_stay(name: str) -> None:
    pixels = np.linspace(0, 1, 5, dtype=np.float32)
    assert NORMALISATIONS[name](pixels).dtype == np.float32
    np.testing.assert_allclose(NORMALISATIONS[name](torch.from_numpy(pixels)), NORMALISATIONS[name](pixels))


def test_the_documents_goes_from_minus_one_to_one() -> None:
    half = NORMALISATIONS["half"]
    assert (half(0.0), half(1.0)) == (-1.0, 1.0)
