"""A second training engine, for comparison: plain formulas, one tensor at a time, from a spec's JSON.

Shares no code with the lab: what it does it was told by the formulas that the lab shows. Knows no record, no layout
and no speed. First weights and the batches are handed to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Json = Mapping[str, Any]
Named = dict[str, Tensor]
Move = Callable[[str, Tensor, float, int], Tensor]
NORMALISATIONS = {"half": (0.5, 0.5), "mnist": (0.1307, 0.3081), "none": (0.0, 1.0)}
ROUNDING = 2**-24
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "identity": lambda z: z,
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: torch.where(z > 0, z, 0.01 * z),
    "elu": lambda z: torch.where(z > 0, z, torch.expm1(torch.where(z > 0, 0.0, z))),
    "gelu": lambda z: z * 0.5 * (1 + torch.erf(z / math.sqrt(2))),
    "silu": lambda z: z * torch.sigmoid(z),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
}


@dataclass
class Trained:
    """What a training came to: the loss of each step, and at the end all that was learned and remembered.

    `doubtful` marks the numbers whose gradient was rounding alone at some step: of it an optimizer that divides by
    the gradient's size makes steps to either side. A bias before a batch normalisation is one; a weight behind a pixel
    that is always 0 is none, as its gradient is exactly 0.
    """

    losses: list[float]
    weights: Named
    memory: Named
    doubtful: Named


def train(
    spec: Json,
    first: Mapping[str, Tensor],
    batches: Sequence[tuple[Tensor, Tensor]],
    steps_per_epoch: int,
    dtype: torch.dtype,
    rates: Mapping[int, float] | None = None,
    shaken: float = 0.0,
    seed: int = 0,
) -> Trained:
    """Trains on the batches in their order; `rates` are base rates set before the steps of these numbers.

    `shaken` adds to what goes into each layer so many times as much as float32 rounds it by, drawn from `seed`.

    Shapes: images (B, 28, 28) uint8, labels (B,) int64.
    """
    values = {name: t.clone().to(dtype if t.is_floating_point() else t.dtype) for name, t in first.items()}
    frozen = spec["network"]["initialisation"].get("frozen", 0)
    learned = [
        name
        for name in values
        if "running" not in name and "tracked" not in name and int(name.split(".")[0]) >= frozen
    ]
    rule = _Rule(spec["train"]["optimizer"])
    base = rule.options["lr"]
    shaking = (torch.Generator().manual_seed(seed), shaken * ROUNDING) if shaken else None
    losses, doubtful = [], {name: torch.zeros_like(values[name], dtype=torch.bool) for name in learned}
    for number, (images, labels) in enumerate(batches):
        for name in learned:
            values[name] = values[name].detach().requires_grad_(True)
        loss = _loss(spec["train"]["loss"], _forward(spec, values, images.to(dtype), shaking), labels)
        gradients = dict(
            zip(learned, torch.autograd.grad(loss, [values[name] for name in learned]), strict=True)
        )
        losses.append(float(loss.detach()))
        steepest = max(float(gradient.abs().max()) for gradient in gradients.values())
        if rule.kind != "sgd":
            doubtful = {
                name: doubtful[name] | ((gradients[name] != 0) & (gradients[name].abs() < 1e-6 * steepest))
                for name in learned
            }
        base = (rates or {}).get(number, base)
        rate = base * _factor(spec["train"]["schedule"], number, steps_per_epoch, spec["train"]["epochs"])
        with torch.no_grad():
            _shape(gradients, values, spec["train"])
            for name in learned:
                values[name] = rule(name, values[name].detach(), gradients[name], rate, number + 1)
    return Trained(losses, {name: tensor.detach() for name, tensor in values.items()}, rule.memory, doubtful)


def _shape(gradients: Named, values: Named, train: Json) -> None:
    for name, gradient in gradients.items():
        if gradient.dim() >= 2:
            gradients[name] = gradient + train["l1"] * values[name].sign()
    if train["clip_norm"]:
        length = math.sqrt(sum(float(gradient.double().square().sum()) for gradient in gradients.values()))
        for name in gradients:
            gradients[name] = gradients[name] * min(1.0, train["clip_norm"] / (length + 1e-6))


def _forward(
    spec: Json, values: Named, images: Tensor, shaking: tuple[torch.Generator, float] | None
) -> Tensor:
    mean, deviation = NORMALISATIONS[spec["data"]["normalisation"]]
    x = ((images / 255 - mean) / deviation)[:, None]
    for index, layer in enumerate(spec["network"]["layers"]):
        if shaking is not None:
            generator, strength = shaking
            x = x + x.detach() * torch.randn(x.shape, generator=generator) * strength
        own = {
            name.removeprefix(f"{index}."): tensor
            for name, tensor in values.items()
            if name.startswith(f"{index}.")
        }
        x = LAYERS[layer["kind"]](layer, own, x)
        for name, tensor in own.items():  # running statistics
            values[f"{index}.{name}"] = tensor
    return x


def _normalised(own: Named, prefix: str, x: Tensor) -> Tensor:
    axes = [0, *range(2, x.dim())]
    count = x.numel() // x.shape[1]
    shape = (1, -1) + (1,) * (x.dim() - 2)
    mean = x.mean(axes)
    variance = (x - mean.view(shape)).square().mean(axes)
    with torch.no_grad():
        for name, now in (("mean", mean), ("var", variance * count / (count - 1))):
            own[f"{prefix}.running_{name}"] = 0.9 * own[f"{prefix}.running_{name}"] + 0.1 * now
        own[f"{prefix}.num_batches_tracked"] = own[f"{prefix}.num_batches_tracked"] + 1
    if x.dtype == torch.float32:  # torch's fused way back rounds a hundred times more than this formula's
        return F.batch_norm(x, None, None, own[f"{prefix}.weight"], own[f"{prefix}.bias"], True)
    scaled = (x - mean.view(shape)) / (variance + 1e-5).sqrt().view(shape)
    return scaled * own[f"{prefix}.weight"].view(shape) + own[f"{prefix}.bias"].view(shape)


def _layer_normalised(x: Tensor, gain: Tensor, offset: Tensor) -> Tensor:
    axes = list(range(x.dim() - gain.dim(), x.dim()))
    centred = x - x.mean(axes, keepdim=True)
    return centred / (centred.square().mean(axes, keepdim=True) + 1e-5).sqrt() * gain + offset


def _convolved(x: Tensor, weight: Tensor, bias: Tensor | None, stride: int, padding: int) -> Tensor:
    """As one product over windows laid out in columns."""
    count, _, height, width = x.shape
    kernel = weight.shape[2]
    tall, wide = ((side + 2 * padding - kernel) // stride + 1 for side in (height, width))
    columns = F.unfold(x, kernel, padding=padding, stride=stride)
    made = (weight.flatten(1) @ columns).view(count, -1, tall, wide)
    return made if bias is None else made + bias[:, None, None]


def _conv2d(layer: Json, own: Named, x: Tensor) -> Tensor:
    z = _convolved(x, own["conv.weight"], own["conv.bias"], layer["stride"], layer["padding"])
    return ACTIVATIONS[layer["activation"]](z)


def _residual(layer: Json, own: Named, x: Tensor) -> Tensor:
    act = ACTIVATIONS[layer["activation"]]
    inner = act(_normalised(own, "norm1", _convolved(x, own["conv1.weight"], None, layer["stride"], 1)))
    inner = _normalised(own, "norm2", _convolved(inner, own["conv2.weight"], None, 1, 1))
    if "shortcut.weight" in own:
        x = _convolved(x, own["shortcut.weight"], None, layer["stride"], 0)
    return act(inner + x)


def _recurrent(layer: Json, own: Named, x: Tensor) -> Tensor:
    rows = x.transpose(1, 2).flatten(2) if x.dim() == 4 else x
    memory = x.new_zeros(len(x), layer["units"])
    cell, seen = torch.zeros_like(memory), []
    for row in rows.unbind(1):
        given = row @ own["cell.weight_ih_l0"].t() + own["cell.bias_ih_l0"]
        kept = memory @ own["cell.weight_hh_l0"].t() + own["cell.bias_hh_l0"]
        if layer["cell"] == "rnn":
            memory = torch.tanh(given + kept)
        elif layer["cell"] == "lstm":
            entering, forgetting, candidate, leaving = (given + kept).chunk(4, 1)
            cell = torch.sigmoid(forgetting) * cell + torch.sigmoid(entering) * torch.tanh(candidate)
            memory = torch.sigmoid(leaving) * torch.tanh(cell)
        else:
            (r, z, n), (hr, hz, hn) = given.chunk(3, 1), kept.chunk(3, 1)
            reset, update = torch.sigmoid(r + hr), torch.sigmoid(z + hz)
            memory = (1 - update) * torch.tanh(n + reset * hn) + update * memory
        seen.append(memory)
    return memory if layer["output"] == "last" else torch.stack(seen, 1)


def _patches(layer: Json, own: Named, x: Tensor) -> Tensor:
    made = _convolved(x, own["patches.weight"], own["patches.bias"], layer["patch"], 0)
    return made.flatten(2).transpose(1, 2) + own["position"]


def _transformer(layer: Json, own: Named, x: Tensor) -> Tensor:
    width = x.shape[2]
    heads, size = layer["heads"], width // layer["heads"]
    inner = _layer_normalised(x, own["norm1.weight"], own["norm1.bias"])
    parts = (inner @ own["self_attn.in_proj_weight"].t() + own["self_attn.in_proj_bias"]).chunk(3, 2)
    query, key, value = (part.unflatten(2, (heads, size)).transpose(1, 2) for part in parts)
    looked = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(size), 3) @ value
    mixed = looked.transpose(1, 2).flatten(2)
    x = x + mixed @ own["self_attn.out_proj.weight"].t() + own["self_attn.out_proj.bias"]
    inner = _layer_normalised(x, own["norm2.weight"], own["norm2.bias"])
    inner = ACTIVATIONS["gelu"](inner @ own["linear1.weight"].t() + own["linear1.bias"])
    return x + inner @ own["linear2.weight"].t() + own["linear2.bias"]


def _global_pool(layer: Json, own: Named, x: Tensor) -> Tensor:
    axes = (1,) if x.dim() == 3 else (2, 3)
    return x.mean(axes) if layer["mode"] == "mean" else x.amax(axes)


LAYERS: dict[str, Callable[[Json, Named, Tensor], Tensor]] = {
    "linear": lambda layer, own, x: ACTIVATIONS[layer["activation"]](
        x @ own["linear.weight"].t() + own["linear.bias"]
    ),
    "flatten": lambda layer, own, x: x.flatten(1),
    "dropout": lambda layer, own, x: x,  # only of probability 0
    "batch_norm": lambda layer, own, x: ACTIVATIONS[layer["activation"]](_normalised(own, "norm", x)),
    "layer_norm": lambda layer, own, x: _layer_normalised(x, own["weight"], own["bias"]),
    "conv2d": _conv2d,
    "max_pool": lambda layer, own, x: F.max_pool2d(x, layer["kernel"], layer["stride"]),
    "avg_pool": lambda layer, own, x: F.avg_pool2d(x, layer["kernel"], layer["stride"]),
    "global_pool": _global_pool,
    "residual": _residual,
    "recurrent": _recurrent,
    "patch_embedding": _patches,
    "transformer": _transformer,
}


def _loss(loss: Json, logits: Tensor, labels: Tensor) -> Tensor:
    right = F.one_hot(labels, 10).to(logits.dtype)
    if loss["kind"] == "cross_entropy":
        share = float(loss["label_smoothing"])
        wanted = (1 - share) * right + share / 10
        return -(wanted * (logits - logits.logsumexp(1, keepdim=True))).sum(1).mean()
    if loss["kind"] == "mse":
        return 0.5 * (right - logits).square().sum(1).mean()
    if loss["kind"] == "bce":
        return -(right * F.logsigmoid(logits) + (1 - right) * F.logsigmoid(-logits)).sum(1).mean()
    behind = float(loss["margin"]) - (logits * right).sum(1, keepdim=True) + logits
    return (behind * (behind > 0) * (1 - right)).sum(1).mean() / 10


def _factor(schedule: Json, step: int, per_epoch: int, epochs: int) -> float:
    total = per_epoch * epochs
    if schedule["kind"] == "step":
        return float(schedule["gamma"] ** (step // per_epoch // schedule["every"]))
    if schedule["kind"] == "exponential":
        return float(schedule["gamma"] ** (step / per_epoch))
    if schedule["kind"] == "cosine":
        wave = 0.5 * (1 + math.cos(math.pi * step / total))
        return float(schedule["final"] + (1 - schedule["final"]) * wave)
    if schedule["kind"] == "warmup":
        return float(min(1.0, (step + 1) / max(1.0, schedule["epochs_rising"] * per_epoch)))
    if schedule["kind"] == "one_cycle":
        top = max(1.0, schedule["warmup"] * max(2, total) - 1)
        low, end = 1 / schedule["start_divisor"], 1 / schedule["start_divisor"] / 1e4
        if step <= top:
            return float(1 + (low - 1) * 0.5 * (1 + math.cos(math.pi * step / top)))
        fallen = min((step - top) / max(1.0, max(2, total) - 1 - top), 1.0)
        return float(end + (1 - end) * 0.5 * (1 + math.cos(math.pi * fallen)))
    return 1.0


class _Rule:
    """An optimizer: what it remembers of each parameter, under torch's names, and where it moves it."""

    def __init__(self, options: Json) -> None:
        self.kind = str(options["kind"])
        self.options = {name: float(value) for name, value in options.items() if name != "kind"}
        self.memory: Named = {}
        self._products: dict[str, float] = {}

    def __call__(self, name: str, w: Tensor, g: Tensor, rate: float, t: int) -> Tensor:
        kind, decay = self.kind, self.options["weight_decay"]
        if kind == "adamw":
            w = w * (1 - rate * decay)
        else:
            g = g + decay * w
        move: Move = getattr(self, f"_{kind}")
        return w - move(name, g, rate, t)

    def _kept(self, name: str, quantity: str, like: Tensor) -> Tensor:
        return self.memory.get(f"{name}.{quantity}", torch.zeros_like(like))

    def _mean(self, name: str, quantity: str, now: Tensor, share: float) -> Tensor:
        self.memory[f"{name}.{quantity}"] = share * self._kept(name, quantity, now) + (1 - share) * now
        return self.memory[f"{name}.{quantity}"]

    def _two_means(self, name: str, g: Tensor) -> tuple[Tensor, Tensor]:
        first = self._mean(name, "exp_avg", g, self.options["beta1"])
        return first, self._mean(name, "exp_avg_sq", g * g, self.options["beta2"])

    def _sgd(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        share = self.options["momentum"]
        if not share:
            return rate * g
        velocity = share * self._kept(name, "momentum_buffer", g) + g
        self.memory[f"{name}.momentum_buffer"] = velocity
        return rate * (g + share * velocity if self.options["nesterov"] else velocity)

    def _adam(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        first, second = self._two_means(name, g)
        first = first / (1 - self.options["beta1"] ** t)
        second = second / (1 - self.options["beta2"] ** t)
        return rate * first / (second.sqrt() + self.options["eps"])

    _adamw = _adam

    def _rmsprop(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        step = g / (self._mean(name, "square_avg", g * g, self.options["alpha"]).sqrt() + self.options["eps"])
        share = self.options["momentum"]
        if share:
            step = share * self._kept(name, "momentum_buffer", g) + step
            self.memory[f"{name}.momentum_buffer"] = step
        return rate * step

    def _adagrad(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        self.memory[f"{name}.sum"] = self._kept(name, "sum", g) + g * g
        return rate * g / (self.memory[f"{name}.sum"].sqrt() + self.options["eps"])

    def _adadelta(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        share, eps = self.options["rho"], self.options["eps"]
        sizes = self._mean(name, "square_avg", g * g, share)
        step = (self._kept(name, "acc_delta", g) + eps).sqrt() / (sizes + eps).sqrt() * g
        self._mean(name, "acc_delta", step * step, share)
        return rate * step

    def _adamax(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        first = self._mean(name, "exp_avg", g, self.options["beta1"])
        largest = torch.maximum(
            self.options["beta2"] * self._kept(name, "exp_inf", g), g.abs() + self.options["eps"]
        )
        self.memory[f"{name}.exp_inf"] = largest
        return rate / (1 - self.options["beta1"] ** t) * first / largest

    def _nadam(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        first, second = self._two_means(name, g)
        now, then = (float(self.options["beta1"] * (1 - 0.5 * 0.96 ** (n * 0.004))) for n in (t, t + 1))
        product = self._products[name] = self._products.get(name, 1.0) * now
        below = (second / (1 - self.options["beta2"] ** t)).sqrt() + self.options["eps"]
        return rate * ((1 - now) / (1 - product) * g + then / (1 - product * then) * first) / below

    def _radam(self, name: str, g: Tensor, rate: float, t: int) -> Tensor:
        first, second = self._two_means(name, g)
        beta2 = self.options["beta2"]
        first = first / (1 - self.options["beta1"] ** t)
        most = 2 / (1 - beta2) - 1
        length = most - 2 * t * beta2**t / (1 - beta2**t)
        if length <= 5:
            return rate * first
        trust = (length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)
        return rate * first * math.sqrt(trust * (1 - beta2**t)) / (second.sqrt() + self.options["eps"])
