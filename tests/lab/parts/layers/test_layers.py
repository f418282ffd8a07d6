"""Every layer of the table fits a shape or says why not."""

import pytest
import torch

from lab.parts.layers import LAYERS, Layer, LayerMisfit
from tests.support.parts import part


@pytest.mark.parametrize("kind", list(LAYERS))
@pytest.mark.parametrize("shape", [(1, 28, 28), (16, 64), (32,)])
def test_a_layer_fits_or_says_why_not_and_its_fix_helps(kind: str, shape: tuple[int, ...]) -> None:
    layer = part(LAYERS, kind)
    assert isinstance(layer, Layer)
    try:
        module = layer.build(shape)
    except LayerMisfit as misfit:
        assert misfit.reason
        assert misfit.fix is not None
        stack = misfit.fix.applied((layer,), 0)
        for fitted in stack:
            with torch.device("meta"):
                shape = tuple(fitted.build(shape)(torch.empty(2, *shape)).shape[1:])
        return
    assert module(torch.zeros(2, *shape)).shape[0] == 2
