"""A fast step is trusted only after it did what the plain one does; else the run goes on as if it had never been."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from lab.network.build import build_network
from lab.parts.initialisations import INITIALISATIONS
from lab.parts.losses import LOSSES
from lab.parts.optimizers import OPTIMIZERS
from lab.spec import NetworkSpec
from lab.steps import Step, make_step
from lab.steps.graphed import CudaGraphs, Graphs
from lab.steps.replay import replay_of
from tests.lab.steps.fake_graphs import FakeGraphs
from tests.lab.steps.plain import NETWORKS, PREPARE, assert_same, batches, network_of, trained
from tests.support.parts import part

RULES = [kind for kind in OPTIMIZERS if kind in ("sgd", "adam", "adamw", "adagrad")]


def started(
    graphs: Graphs | None, kind: str = "adam", name: str = "MLP with dropout", fast: bool = True
) -> tuple[nn.Module, Step]:
    """A network and its step, the generator at the same place."""
    torch.manual_seed(5)
    network, spec = network_of(name), part(OPTIMIZERS, kind)
    optimizer = getattr(torch.optim, spec.torch_name)(network.parameters(), **spec.options())
    return network, make_step(
        network, functional.cross_entropy, optimizer, prepare=PREPARE, fast=fast, graphs=graphs
    )


def everything(network: nn.Module, step: Step) -> dict[str, Tensor]:
    kept = {f"network.{name}": tensor.clone() for name, tensor in network.state_dict().items()}
    return kept | step.state()


def plain_numbers(kind: str, data: list[tuple[Tensor, Tensor]]) -> tuple[list[float], nn.Module]:
    network, step = started(None, kind, fast=False)
    return trained(step, data), network


@pytest.mark.parametrize("kind", RULES)
def test_a_graph_that_does_as_it_should_is_used_for_all_batches_of_its_size(kind: str) -> None:
    graphs, data = FakeGraphs(), batches(5)
    data.insert(2, (data[0][0][:7], data[0][1][:7]))
    expected, theirs = plain_numbers(kind, data)
    ours, step = started(graphs, kind)
    step.rehearse(*data[0])
    launched, eager = graphs.launched, graphs.eager
    assert trained(step, data) == pytest.approx(expected, rel=1e-5)
    assert (graphs.launched - launched, graphs.eager - eager, graphs.captured) == (5, 1, 1)
    assert (step.capture, step.fault) == ("cuda-graph", None)
    assert_same(ours, theirs, rtol=1e-4, atol=1e-6)


def test_only_the_full_size_is_captured_whichever_batch_comes_first() -> None:
    graphs, (full, *_) = FakeGraphs(), batches(1)
    small = (full[0][:7], full[1][:7])
    _, step = started(graphs)
    step.rehearse(*full)
    before = graphs.launched
    trained(step, [small, small, small, small, full])
    assert (graphs.captured, graphs.launched - before) == (1, 1)


@pytest.mark.parametrize("kind", [kind for kind in OPTIMIZERS if kind not in RULES])
def test_a_rule_that_a_graph_would_freeze_runs_plainly_and_says_which(kind: str) -> None:
    graphs, data = FakeGraphs(), batches(3)
    _, step = started(graphs, kind)
    trained(step, data)
    assert graphs.captured == 0
    assert type(part(OPTIMIZERS, kind)).torch_name in step.capture
    assert step.fault is None  # nothing is wrong: there is no fast way


@pytest.mark.parametrize("where", ["network", "optimizer", "generator", "all"])
@pytest.mark.parametrize("graphs", [None, FakeGraphs()], ids=["captured", "graph"])
def test_a_rehearsal_leaves_no_trace(where: str, graphs: Graphs | None) -> None:
    network, step = started(graphs, name="residual CNN" if where == "network" else "MLP with dropout")
    before = everything(network, step)
    step.rehearse(*batches(1)[0])
    after = everything(network, step)
    rest = {key: value for key, value in after.items() if key not in before}
    assert all(torch.equal(after[key], before[key]) for key in before)
    assert all(key.startswith("optimizer.") and not value.any() for key, value in rest.items())


def _wrong_weights(step: Step, after: int) -> Callable[[int], None]:
    def at_launch(number: int) -> None:
        if number >= after:
            with torch.no_grad():
                step._update.parameters[0].add_(1e-3)

    return at_launch


def _old_rate(step: Step) -> Callable[[int], None]:
    """Moves by the rate of the first launch for ever, as a graph does that baked it."""
    seen: list[float] = []

    def at_launch(number: int) -> None:
        seen.append(step.lr)
        with torch.no_grad():
            for parameter in step._update.parameters:
                assert parameter.grad is not None
                parameter.sub_(parameter.grad, alpha=seen[0] - step.lr)

    return at_launch


def _wrong_gradient(step: Step) -> Callable[[int], None]:
    def at_launch(number: int) -> None:
        step._update.gradients_by_parameter()[-1].mul_(1.5)

    return at_launch


def _wrong_loss(step: Step) -> Callable[[int], None]:
    def at_launch(number: int) -> None:
        assert step._fast is not None
        step._fast._loss.add_(0.5)

    return at_launch


def _raises(error: Exception, number: int) -> Callable[[Step], Callable[[int], None]]:
    def prepared(step: Step) -> Callable[[int], None]:
        def at_launch(launch: int) -> None:
            if launch == number:
                raise error

        return at_launch

    return prepared


OUT_OF_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
AT_LAUNCH: dict[str, tuple[Callable[[Step], Callable[[int], None]], str]] = {
    "moves the weights wrongly": (lambda step: _wrong_weights(step, 1), "update ("),
    "moves them wrongly from the second launch on": (lambda step: _wrong_weights(step, 2), "update ("),
    "keeps the rate that it was captured with": (_old_rate, "update ("),
    "has wrong gradients": (_wrong_gradient, "("),
    "has a wrong loss": (_wrong_loss, "loss"),
    "runs out of memory at once": (_raises(OUT_OF_MEMORY, 1), "OutOfMemoryError"),
    "runs out of memory at the second launch": (_raises(OUT_OF_MEMORY, 2), "OutOfMemoryError"),
    "fails with a key": (_raises(KeyError("stream"), 1), "KeyError"),
}


@pytest.mark.parametrize("way", AT_LAUNCH)
def test_a_graph_that_does_not_do_as_it_should_is_never_used(
    way: str, caplog: pytest.LogCaptureFixture
) -> None:
    data, graphs = batches(6), FakeGraphs()
    expected, theirs = plain_numbers("sgd", data)
    ours, step = started(graphs, "sgd")
    prepared, word = AT_LAUNCH[way]
    graphs._at_launch = prepared(step)
    with caplog.at_level(logging.WARNING):
        step.rehearse(*data[0])
    launched = graphs.launched
    assert word in str(step.fault)
    assert str(step.fault) in caplog.text
    assert step.capture == f"eager: {step.fault}"
    assert trained(step, data) == pytest.approx(expected, rel=1e-5)
    assert graphs.launched == launched
    assert_same(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "error",
    [
        AssertionError("capture health"),
        RuntimeError("operation not permitted when stream is capturing\nand more lines"),
        KeyError("device"),
        OUT_OF_MEMORY,
        RuntimeError(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("kind", RULES)
def test_a_capture_that_fails_is_as_if_it_had_never_been_tried(kind: str, error: Exception) -> None:
    data, graphs = batches(5), FakeGraphs(while_capturing=error)
    expected, theirs = plain_numbers(kind, data)
    ours, step = started(graphs, kind)
    assert trained(step, data) == pytest.approx(expected, rel=1e-5)
    assert type(error).__name__ in str(step.fault)
    assert "\n" not in str(step.fault)
    assert_same(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_run_that_fell_back_is_resumed_to_the_last_bit() -> None:
    data = batches(6)
    whole, step = started(FakeGraphs(while_capturing=KeyError("x")))
    expected = trained(step, data)
    broken_off, step = started(FakeGraphs(while_capturing=KeyError("x")))
    first = trained(step, data[:2])
    weights, kept = {name: t.clone() for name, t in broken_off.state_dict().items()}, step.state()
    resumed, step = started(FakeGraphs(while_capturing=KeyError("x")))
    resumed.load_state_dict(weights)
    step.load_state(kept)
    assert first + trained(step, data[2:]) == expected
    assert_same(resumed, whole, rtol=0, atol=0)


def test_a_recorded_step_that_goes_wrong_on_the_cpu_is_not_used_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = replay_of

    def forgetful(operations: Any, kept: Any, targets: Any) -> Any:
        calls, results = real(operations, kept, targets)
        return calls[:-1], results

    data = batches(5)
    expected, theirs = plain_numbers("adam", data)
    monkeypatch.setattr("lab.steps.captured.replay_of", forgetful)
    ours, step = started(None, "adam")
    assert trained(step, data) == pytest.approx(expected, rel=1e-5)
    assert step.fault
    assert_same(ours, theirs, rtol=1e-4, atol=1e-5)


class _Card:
    """Stands in for torch's CUDA: a generator that a broken capture leaves waiting, and a capture that breaks."""

    def __init__(self) -> None:
        self.waits = False

    def clone_state(self) -> str:
        return "as it was"

    def graphsafe_set_state(self, state: str) -> None:
        assert state == "as it was"
        self.waits = False


@pytest.mark.parametrize("error", [AssertionError, RuntimeError, KeyError, KeyboardInterrupt])
def test_a_broken_capture_gives_cudas_generator_back(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    card, asked = _Card(), {}

    class Capturing:
        def __init__(self, graph: object, **options: object) -> None:
            asked.update(options)

        def __enter__(self) -> None:
            card.waits = True

        def __exit__(self, *_: object) -> None:
            raise error("half way")

    monkeypatch.setattr(torch.cuda, "default_generators", (card,))
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: "the stream")
    monkeypatch.setattr(torch.cuda, "CUDAGraph", object)
    monkeypatch.setattr(torch.cuda, "graph", Capturing)
    with pytest.raises(error):
        CudaGraphs(torch.device("cuda", 0)).capture(lambda: None)
    assert not card.waits
    assert asked == {"stream": "the stream", "capture_error_mode": "thread_local"}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(NETWORKS)),
    st.sampled_from(sorted(OPTIMIZERS)),
    st.sampled_from(sorted(LOSSES)),
    st.sampled_from([kind for kind in sorted(INITIALISATIONS) if kind != "run"]),
    st.sampled_from([2, 5, 40]),
    st.sampled_from([0.0, 1e-6, 0.5]),
    st.sampled_from([0.0, 0.01]),
)
def test_a_right_step_is_never_taken_for_a_wrong_one(
    name: str, kind: str, loss: str, initialisation: str, size: int, clip_norm: float, l1: float
) -> None:
    first = part(INITIALISATIONS, initialisation)
    network = build_network(NetworkSpec(layers=NETWORKS[name], initialisation=first))
    spec = part(OPTIMIZERS, kind)
    optimizer = getattr(torch.optim, spec.torch_name)(network.parameters(), **spec.options())
    step = make_step(
        network, part(LOSSES, loss).function(), optimizer, prepare=PREPARE, clip_norm=clip_norm, l1=l1
    )
    step.rehearse(*batches(1, size)[0])
    assert (step.capture, step.fault) == ("captured", None)
