"""A training continues where it was left, to the last bit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional

from lab.parts.optimizers import OPTIMIZERS
from lab.steps import Step, make_step
from tests.lab.steps.plain import PREPARE, assert_same, batches, network_of, sgd, step_of, trained
from tests.support.parts import part


@pytest.mark.parametrize("kind", [*OPTIMIZERS, "sgd without momentum"])
@pytest.mark.parametrize("done", [0, 1, 4])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_resumed_training_is_the_uninterrupted_one_to_the_last_bit(
    kind: str, done: int, frozen: bool
) -> None:
    def start() -> tuple[nn.Module, Step]:
        network = network_of("MLP with dropout")
        spec = part(OPTIMIZERS, "sgd", momentum=0.0) if kind not in OPTIMIZERS else part(OPTIMIZERS, kind)
        next(network.parameters()).requires_grad_(not frozen)
        trained_ones = [parameter for parameter in network.parameters() if parameter.requires_grad]
        optimizer = getattr(torch.optim, spec.torch_name)(trained_ones, **spec.options())
        return network, make_step(network, functional.cross_entropy, optimizer, prepare=PREPARE)

    data = batches(9)
    whole, step = start()
    expected = trained(step, data)

    torch.manual_seed(5)
    broken_off, step = start()
    if done == 0:
        step.rehearse(*data[0])  # as a run does before it is paused
    first = trained(step, data[:done])
    weights = {name: tensor.clone() for name, tensor in broken_off.state_dict().items()}
    kept = step.state()
    torch.manual_seed(99)
    resumed, step = start()
    resumed.load_state_dict(weights)
    step.load_state(kept)
    assert first + trained(step, data[done:]) == expected
    assert_same(resumed, whole, rtol=0, atol=0)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_checkpoint_without_any_memory_is_the_beginning(kind: str) -> None:
    """As an earlier version of the lab wrote it for a run that was paused before its first step."""

    def start() -> tuple[nn.Module, Step]:
        network, spec = network_of("MLP"), part(OPTIMIZERS, kind)
        optimizer = getattr(torch.optim, spec.torch_name)(network.parameters(), **spec.options())
        return network, make_step(network, functional.cross_entropy, optimizer, prepare=PREPARE)

    data = batches(6)
    _, step = start()
    expected = trained(step, data)
    _, step = start()
    step.rehearse(*data[0])
    memory = step.state() if kind == "adagrad" else {}  # Adagrad's was never empty
    step.load_state({key: value for key, value in memory.items() if key.startswith("optimizer.")})
    assert trained(step, data) == expected


@pytest.mark.parametrize("name", ["CNN", "residual CNN", "LSTM", "transformer"])
def test_the_same_seed_gives_the_same_bits(name: str) -> None:
    found = []
    for _ in range(2):
        torch.manual_seed(3)
        found.append(trained(step_of(network_of(name)), batches(5)))
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["sgd", "adam", "nadam", "adafactor"])
def test_what_one_way_of_running_kept_the_other_continues(kind: str) -> None:
    def start(fast: bool) -> tuple[nn.Module, Step]:
        network = network_of("MLP")
        rules: dict[str, Callable[[nn.Module], torch.optim.Optimizer]] = {
            "sgd": sgd,
            "adam": lambda n: torch.optim.Adam(n.parameters()),
            "nadam": lambda n: torch.optim.NAdam(n.parameters()),
            "adafactor": lambda n: torch.optim.Adafactor(n.parameters()),
        }
        optimizer = rules[kind](network)
        return network, make_step(network, functional.cross_entropy, optimizer, prepare=PREPARE, fast=fast)

    data = batches(6)
    one, captured = start(True)
    trained(captured, data[:3])
    two, eager = start(False)
    two.load_state_dict(one.state_dict())
    eager.load_state(captured.state())
    assert captured.state().keys() == eager.state().keys()
    assert trained(eager, data[3:]) == pytest.approx(trained(captured, data[3:]), rel=1e-4)


def test_state_of_an_unknown_parameter_is_refused_by_name() -> None:
    step = step_of(network_of("MLP"))
    with pytest.raises(KeyError, match=r"9\.weight"):
        step.load_state({"optimizer.9.weight.momentum_buffer": torch.zeros(3)})
