"""Weights come from the generator alone."""

import pytest
import torch

from lab.parts.initialisations import INITIALISATIONS
from tests.support.parts import part


@pytest.mark.parametrize("kind", list(INITIALISATIONS))
def test_every_initialisation_is_the_generators(kind: str) -> None:
    def drawn() -> torch.Tensor:
        weight = torch.nn.Linear(30, 20).weight
        part(INITIALISATIONS, kind).fill(weight, torch.Generator().manual_seed(3))
        return weight.detach()

    torch.testing.assert_close(drawn(), drawn(), rtol=0, atol=0)
