"""Each update by hand against torch.optim, on one parameter whose gradients are made up."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lab.parts.optimizers import OPTIMIZERS
from lab.parts.updates import Rule

CASES = [(kind, rule) for kind, part in OPTIMIZERS.items() for rule in part.by_hand]
GRADS = st.lists(st.floats(-5, 5).filter(lambda g: g == 0 or abs(g) > 1e-3), min_size=1, max_size=4)


@pytest.mark.parametrize(("kind", "rule"), CASES, ids=[rule.name for _, rule in CASES])
@given(w=st.floats(-3, 3), grads=GRADS, weight_decay=st.sampled_from([0.0, 0.3]))
def test_every_step_by_hand_is_torchs(
    kind: str, rule: Rule, w: float, grads: list[float], weight_decay: float
) -> None:
    part = OPTIMIZERS[kind].model_validate(
        {"lr": 0.1, "weight_decay": weight_decay, "momentum": 0.9} | dict(rule.fixed)
        if kind == "sgd"
        else {"lr": 0.1, "weight_decay": weight_decay}
    )
    parameter = torch.tensor([w], dtype=torch.float64, requires_grad=True)
    stepper = getattr(torch.optim, part.torch_name)([parameter], **part.options())
    state = dict.fromkeys(rule.keeps, 0.0)
    options = {name: getattr(part, name) for name in rule.options}
    for t, g in enumerate(grads, start=1):
        parameter.grad = torch.tensor([g], dtype=torch.float64)
        stepper.step()
        numbers = rule.step(w=w, g=g, t=t, lr=part.lr, **options, **state)
        w, state = numbers["w'"], {name: numbers[f"{name}'"] for name in rule.keeps}
        assert w == pytest.approx(parameter.item(), rel=1e-9, abs=1e-9)
