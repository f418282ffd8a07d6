"""The training step gives what plain torch gives, whatever is trained, and continues where it was left."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from lab.activations import ACTIVATIONS
from lab.layers import (
    AvgPool,
    BatchNorm,
    Conv2d,
    Dropout,
    Flatten,
    GlobalPool,
    Layer,
    LayerNorm,
    Linear,
    MaxPool,
    PatchEmbedding,
    Recurrent,
    Residual,
    Transformer,
)
from lab.losses import LOSSES
from lab.network import build_network
from lab.optimizers import OPTIMIZERS
from lab.samples import Prepare
from lab.spec import NetworkSpec
from lab.steps import Batches, Step, make_step

PREPARE = Prepare("half")
OUT = Linear(units=10, activation="identity")
NETWORKS: dict[str, tuple[Layer, ...]] = {
    "softmax regression": (Flatten(), OUT),
    "MLP": (Flatten(), Linear(units=32), Linear(units=16), OUT),
    "MLP with dropout": (Flatten(), Linear(units=32), Dropout(p=0.3), Linear(units=16), Dropout(p=0.5), OUT),
    "normalised MLP": (Flatten(), Linear(units=24), BatchNorm(activation="relu"), LayerNorm(), OUT),
    "CNN": (Conv2d(channels=4), MaxPool(), Conv2d(channels=6, kernel=5), AvgPool(), Flatten(), OUT),
    "overlapping pools": (Conv2d(channels=3), MaxPool(kernel=3, stride=2), AvgPool(kernel=3, stride=1), Flatten(), OUT),
    "residual CNN": (Conv2d(channels=4, stride=2), BatchNorm(), Residual(channels=8, stride=2), GlobalPool(), OUT),
    "largest of each map": (Conv2d(channels=4, stride=2, activation="tanh"), GlobalPool(mode="max"), OUT),
    "RNN": (Recurrent(cell="rnn", units=12), OUT),
    "LSTM": (Recurrent(cell="lstm", units=12), OUT),
    "GRU": (Recurrent(cell="gru", units=12), OUT),
    "stacked LSTM": (Recurrent(units=8, output="sequence"), Recurrent(units=8), OUT),
    "transformer": (PatchEmbedding(width=16), Transformer(dropout=0.1), GlobalPool(), OUT),
}  # fmt: skip


def network_of(name: str) -> nn.Module:
    """The same network, with the same weights, at each call."""
    return build_network(NetworkSpec(layers=NETWORKS[name]), torch.Generator().manual_seed(7))


def batches(count: int, size: int = 20) -> list[tuple[Tensor, Tensor]]:
    """Batches that look like digits: mostly paper, some ink, labels that the ink depends on."""
    made = torch.Generator().manual_seed(11)
    labels = [torch.randint(0, 10, (size,), generator=made) for _ in range(count)]
    ink = [torch.randint(0, 256, (size, 28, 28), generator=made, dtype=torch.uint8) for _ in range(count)]
    rows = torch.arange(28)
    return [
        (i * ((rows // 3)[None, :, None] == y[:, None, None]), y) for i, y in zip(ink, labels, strict=True)
    ]


Change = Callable[[int, Step | torch.optim.Optimizer], None]


def plain(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: list[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor] = functional.cross_entropy,
    clip_norm: float = 0.0,
    l1: float = 0.0,
) -> list[float]:
    """The losses of the loop that every tutorial shows: the oracle."""
    losses = []
    for images, labels in data:
        optimizer.zero_grad()
        value = loss(network(PREPARE(images)), labels)
        penalty = sum((p.abs().sum() for p in network.parameters() if p.dim() >= 2), torch.zeros(()))
        (value + l1 * penalty if l1 else value).backward()
        if clip_norm:
            nn.utils.clip_grad_norm_(network.parameters(), clip_norm)
        optimizer.step()
        losses.append(value.item())
    return losses


def sgd(network: nn.Module, lr: float = 0.05) -> torch.optim.Optimizer:
    return torch.optim.SGD(network.parameters(), lr=lr, momentum=0.9)


def step_of(network: nn.Module, **options: object) -> Step:
    return make_step(network, functional.cross_entropy, sgd(network), prepare=PREPARE, **options)  # type: ignore[arg-type]


def trained(step: Step, data: list[tuple[Tensor, Tensor]]) -> list[float]:
    for images, labels in data:
        step(images, labels)
    return step.fetch_losses()


def assert_same(one: nn.Module, other: nn.Module, **tolerance: float) -> None:
    theirs = other.state_dict()
    for name, tensor in one.state_dict().items():
        torch.testing.assert_close(
            tensor, theirs[name], **tolerance, msg=lambda text, at=name: f"{at}: {text}"
        )


@pytest.fixture(autouse=True)
def _one_thread_and_a_known_generator() -> Iterator[None]:
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(1)
    torch.manual_seed(5)
    yield
    torch.set_num_threads(threads)
    torch.set_rng_state(state)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_captured_step_trains_every_network_as_plain_torch_does(name: str) -> None:
    data, theirs, ours = batches(6), network_of(name), network_of(name)
    expected = plain(theirs, sgd(theirs, 0.01), data)
    torch.manual_seed(5)
    step = step_of(ours)
    step.lr = 0.01
    found = trained(step, data)
    assert step.capture == "captured"
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert_same(ours, theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_captured(activation: str) -> None:
    layers = (Flatten(), Linear(units=16, activation=activation), OUT)
    theirs, ours = (build_network(NetworkSpec(layers=layers), torch.Generator().manual_seed(1)) for _ in "ab")
    data = batches(5)
    expected = plain(theirs, sgd(theirs), data)
    step = step_of(ours)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert step.capture == "captured"


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_every_optimizer_moves_the_weights_as_torch_does(kind: str, weight_decay: float) -> None:
    spec = OPTIMIZERS[kind](weight_decay=weight_decay)
    rule = getattr(torch.optim, spec.torch_name)
    data, theirs, ours = batches(8), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, rule(theirs.parameters(), **spec.options()), data)
    optimizer = rule(ours.parameters(), **spec.options())
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert_same(ours, theirs, rtol=1e-3, atol=2e-4)


def test_nesterov_momentum_is_kept() -> None:
    data, theirs, ours = batches(6), network_of("MLP"), network_of("MLP")
    options = {"lr": 0.05, "momentum": 0.8, "nesterov": True}
    expected = plain(theirs, torch.optim.SGD(theirs.parameters(), **options), data)
    optimizer = torch.optim.SGD(ours.parameters(), **options)
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4)


def test_a_rule_that_looks_at_whole_matrices_keeps_them_apart() -> None:
    data, theirs, ours = batches(4), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, torch.optim.Adafactor(theirs.parameters(), lr=0.01), data)
    optimizer = torch.optim.Adafactor(ours.parameters(), lr=0.01)
    step = make_step(ours, functional.cross_entropy, optimizer, prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4)
    assert step.capture == "captured"


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_is_captured(kind: str) -> None:
    loss = LOSSES[kind]().function()
    data, theirs, ours = batches(6), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, sgd(theirs), data, loss)
    step = make_step(ours, loss, sgd(ours), prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert step.capture == "captured"


def test_label_smoothing_is_captured() -> None:
    loss = LOSSES["cross_entropy"](label_smoothing=0.2).function()
    data, theirs, ours = batches(6), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, sgd(theirs), data, loss)
    step = make_step(ours, loss, sgd(ours), prepare=PREPARE)
    assert trained(step, data) == pytest.approx(expected, rel=1e-4)
    assert step.capture == "captured"


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("kind", ["sgd", "rmsprop"])
def test_l1_and_clipping_do_what_the_textbook_does(kind: str, fast: bool) -> None:
    spec = OPTIMIZERS[kind](lr=0.01)
    rule = getattr(torch.optim, spec.torch_name)
    data, theirs, ours = batches(8), network_of("MLP"), network_of("MLP")
    expected = plain(theirs, rule(theirs.parameters(), **spec.options()), data, clip_norm=0.5, l1=0.001)
    optimizer = rule(ours.parameters(), **spec.options())
    step = make_step(
        ours, functional.cross_entropy, optimizer, prepare=PREPARE, clip_norm=0.5, l1=0.001, fast=fast
    )
    assert trained(step, data) == pytest.approx(expected, rel=1e-3)
    assert_same(ours, theirs, rtol=1e-3, atol=1e-4)
    assert step.gradient_norm() > 0.5


@pytest.mark.parametrize("kind", ["sgd", "adamw", "adamax"])
def test_the_learning_rate_can_change_at_any_step(kind: str) -> None:
    spec = OPTIMIZERS[kind]()
    rule = getattr(torch.optim, spec.torch_name)
    data, theirs, ours = batches(7), network_of("MLP"), network_of("MLP")
    oracle = rule(theirs.parameters(), **spec.options())
    step = make_step(
        ours, functional.cross_entropy, rule(ours.parameters(), **spec.options()), prepare=PREPARE
    )
    for index, batch in enumerate(data):
        rate = 0.1 / (index + 1) ** 2
        oracle.param_groups[0]["lr"] = step.lr = rate
        assert step.lr == pytest.approx(rate)
        expected = plain(theirs, oracle, [batch])
        assert trained(step, [batch]) == pytest.approx(expected, rel=1e-3)


def test_a_smaller_last_batch_belongs_to_the_same_training() -> None:
    data = batches(4) + [(images[:7], labels[:7]) for images, labels in batches(1)] + batches(2)
    theirs, ours = network_of("normalised MLP"), network_of("normalised MLP")
    expected = plain(theirs, sgd(theirs), data)
    assert trained(step_of(ours), data) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", ["MLP with dropout", "CNN", "LSTM"])
def test_gradients_of_the_latest_step_are_in_every_parameter(name: str) -> None:
    data, ours = batches(4), network_of(name)
    step = step_of(ours)
    trained(step, data[:3])
    twin = network_of(name)
    twin.load_state_dict(ours.state_dict())
    generator = torch.get_rng_state()
    trained(step, data[3:])
    torch.set_rng_state(generator)
    functional.cross_entropy(twin(PREPARE(data[3][0])), data[3][1]).backward()
    for mine, its in zip(ours.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, its.grad, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_resumed_training_is_the_uninterrupted_one_to_the_last_bit(kind: str) -> None:
    def start() -> tuple[nn.Module, Step]:
        network, spec = network_of("MLP with dropout"), OPTIMIZERS[kind]()
        optimizer = getattr(torch.optim, spec.torch_name)(network.parameters(), **spec.options())
        return network, make_step(network, functional.cross_entropy, optimizer, prepare=PREPARE)

    data = batches(9)
    whole, step = start()
    expected = trained(step, data)

    torch.manual_seed(5)
    broken_off, step = start()
    first = trained(step, data[:4])
    weights = {name: tensor.clone() for name, tensor in broken_off.state_dict().items()}
    kept = step.state()
    torch.manual_seed(99)
    resumed, step = start()
    resumed.load_state_dict(weights)
    step.load_state(kept)
    assert first + trained(step, data[4:]) == expected
    assert_same(resumed, whole, rtol=0, atol=0)


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
        rules = {"sgd": sgd, "adam": lambda n: torch.optim.Adam(n.parameters())}
        rules["nadam"] = lambda n: torch.optim.NAdam(n.parameters())
        rules["adafactor"] = lambda n: torch.optim.Adafactor(n.parameters())
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


class Curious(nn.Module):
    """A network whose way forward depends on what it sees: it cannot be recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(784, 10)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.linear(x.flatten(1))
        return logits * 2 if logits[0, 0].item() > 0 else logits


def test_what_cannot_be_captured_runs_eagerly_and_says_why() -> None:
    torch.manual_seed(1)
    theirs, ours = Curious(), Curious()
    ours.load_state_dict(theirs.state_dict())
    data = batches(6)
    expected = plain(theirs, sgd(theirs), data)
    step = step_of(ours)
    assert trained(step, data) == pytest.approx(expected, rel=1e-5)
    assert step.capture.startswith("eager: ")


def test_lbfgs_is_refused_with_the_reason() -> None:
    network = network_of("MLP")
    with pytest.raises(TypeError, match="LBFGS"):
        make_step(network, functional.cross_entropy, torch.optim.LBFGS(network.parameters()), prepare=PREPARE)


def test_frozen_layers_stay_as_they_are() -> None:
    network = network_of("MLP")
    frozen = next(network.parameters()).requires_grad_(False)
    before = frozen.clone()
    trained(step_of(network), batches(4))
    assert torch.equal(frozen, before)


def test_no_loss_is_lost_between_fetches() -> None:
    network = network_of("softmax regression")
    data = batches(3) * 700
    found = trained(step_of(network), data)
    assert len(found) == len(data)
    assert found[0] > found[-1]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 150), st.integers(1, 60), st.integers(0, 2**31))
def test_batches_are_the_samples_in_the_order_asked_for(samples: int, size: int, seed: int) -> None:
    drawn = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (samples, 28, 28), generator=drawn, dtype=torch.uint8)
    labels = torch.randint(0, 10, (samples,), generator=drawn)
    order = torch.randperm(samples, generator=drawn)
    seen = [(i.clone(), y.clone()) for i, y in Batches(images, labels, size)(order)]
    assert all(len(y) == size for _, y in seen[:-1])
    assert torch.equal(torch.cat([i for i, _ in seen]), images[order])
    assert torch.equal(torch.cat([y for _, y in seen]), labels[order])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                Conv2d(channels=3, kernel=3),
                Conv2d(channels=2, kernel=5, padding=2, activation="gelu"),
                MaxPool(),
                AvgPool(),
                BatchNorm(activation="elu"),
                LayerNorm(),
                Dropout(p=0.2),
                Residual(channels=3),
            ]
        ),
        max_size=4,
    ),
    st.lists(
        st.sampled_from([Linear(units=9), Linear(units=5, activation="silu"), Dropout(p=0.4), BatchNorm()]),
        max_size=3,
    ),
)
def test_any_stack_of_layers_trains_as_plain_torch_does(images: list[Layer], vectors: list[Layer]) -> None:
    spec = NetworkSpec(layers=(*images, Flatten(), *vectors, OUT))
    theirs, ours = (build_network(spec, torch.Generator().manual_seed(2)) for _ in "ab")
    theirs = theirs.to(memory_format=torch.channels_last)  # dropout draws in the order of the memory
    data = batches(4, size=6)
    torch.manual_seed(8)
    expected = plain(theirs, sgd(theirs, 0.005), data)
    torch.manual_seed(8)
    step = step_of(ours)
    step.lr = 0.005
    assert trained(step, data) == pytest.approx(expected, rel=2e-3, abs=1e-4)
    assert step.capture == "captured"
