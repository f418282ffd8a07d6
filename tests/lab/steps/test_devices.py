"""On a device other than the CPU, as torch's fake tensors play it: what lies where, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from lab.parts.optimizers import OPTIMIZERS
from lab.steps.rules import can_be_repeated
from lab.steps.update import Update
from tests.support.parts import part

REPEATED = {"sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "radam"}


class Waits(TorchDispatchMode):
    """Notes each operation that would wait for the device, or carry a tensor to or from it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = function._schema.name.rpartition("::")[2]
        devices = {argument.device.type for argument in args if isinstance(argument, torch.Tensor)}
        if name in ("_local_scalar_dense", "item", "is_nonzero", "equal") or (
            name in ("_to_copy", "copy_") and len(devices) > 1
        ):
            self.seen.append(f"{name} {devices}")
        return function(*args, **(kwargs or {}))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTensorMode]:
    # asks the driver, which is not there
    health = "_accelerator_graph_capture_health_check"
    monkeypatch.setattr(torch.optim.Optimizer, health, lambda self: None)
    # torch 2.15 has no fake kernel for these; they change what they are given and return nothing
    kernels = torch.library.Library("aten", "IMPL")
    for name in ("sgd", "adam", "adamw", "adagrad"):
        kernels.impl(f"_fused_{name}_.tensor_lr", lambda *_, **__: None, "Meta")
    yield FakeTensorMode(allow_non_fake_inputs=True)
    del kernels


def update_of(kind: str, **options: Any) -> Update:
    network = nn.Sequential(nn.Linear(8, 8, device="cuda"), nn.Linear(8, 3, device="cuda"))
    spec = part(OPTIMIZERS, kind, **options)
    rule = getattr(torch.optim, spec.torch_name)
    return Update(network, rule(network.parameters(), **spec.options()), 1.0, 1e-4)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("options", [{}, {"momentum": 0.0}, {"weight_decay": 0.1}], ids=str)
def test_the_memory_of_a_resumed_run_lies_where_the_rule_wants_it(
    fake: FakeTensorMode, kind: str, options: dict[str, float]
) -> None:
    with fake:
        if "momentum" in options and "momentum" not in OPTIMIZERS[kind].model_fields:
            pytest.skip("the rule has no momentum")
        update = update_of(kind, **options)
        update()
        kept = {name: value.to("cpu", copy=True) for name, value in update.state().items()}
        where = {name: (value.device.type, value.dtype) for name, value in update.state().items()}
        resumed = update_of(kind, **options)
        resumed.load_state(kept)
        assert {name: (v.device.type, v.dtype) for name, v in resumed.state().items()} == where
        resumed()
        resumed.load_state({})  # a run that was interrupted before its first step
        resumed()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_rule_that_a_graph_repeats_waits_for_nothing_and_takes_the_rate_from_the_device(
    fake: FakeTensorMode, kind: str
) -> None:
    with fake:
        update = update_of(kind)
        assert can_be_repeated(update.optimizer) == (kind in REPEATED)
        if not update.can_be_repeated:
            return
        assert update.optimizer.param_groups[0]["lr"].device.type == "cuda"
        update()
        with Waits() as waits:
            update.lr = 0.5  # also while a graph stands that has been captured
            update()
        assert waits.seen == []


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_going_on_plainly_keeps_the_memory(fake: FakeTensorMode, kind: str) -> None:
    with fake:
        update = update_of(kind)
        update()
        before = {name: value.shape for name, value in update.state().items()}
        update.go_on_plainly()
        assert {name: value.shape for name, value in update.state().items()} == before
        assert isinstance(update.optimizer.param_groups[0]["lr"], float)
