"""On a CUDA device the step is one graph, and trains as plain torch does there."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from lab.parts.optimizers import OPTIMIZERS
from lab.steps import make_step
from tests.lab.steps.plain import PREPARE, assert_same, batches, network_of, plain, trained
from tests.support.parts import part

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.mark.parametrize("name", ["MLP", "CNN", "LSTM", "transformer"])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_graph_trains_as_plain_torch_does(name: str, kind: str) -> None:
    spec = part(OPTIMIZERS, kind)
    rule = getattr(torch.optim, spec.torch_name)
    data = [(images.cuda(), labels.cuda()) for images, labels in batches(8)]
    theirs, ours = network_of(name).cuda(), network_of(name).cuda()
    for module in (*theirs.modules(), *ours.modules()):  # a graph draws its numbers in an order of its own
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        elif isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
    expected = plain(theirs, rule(theirs.parameters(), **spec.options()), data)
    optimizer = rule(ours.parameters(), **spec.options())
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-2, abs=1e-3)
    assert step.capture == "cuda-graph"
    assert_same(ours, theirs, rtol=1e-1, atol=1e-2)
