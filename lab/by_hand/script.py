"""The worked example as a short PyTorch script that prints the same numbers.

Owns the script's text. Runs nothing itself.
"""

from __future__ import annotations

from lab.by_hand.example import SOFTMAX, Example
from lab.by_hand.offered import TERMS
from lab.by_hand.update import HandOptimizer
from lab.parts.activations import ACTIVATIONS


def _activation(name: str) -> str:
    if name == SOFTMAX:
        return "torch.nn.Softmax(dim=0)"
    entry = ACTIVATIONS[name]
    options = ", ".join(f"{key}={value!r}" for key, value in entry.torch_options)
    return f"torch.nn.{entry.torch_name}({options})"


def torch_optimizer(optimizer: HandOptimizer) -> str:
    """The call that makes the same optimizer in torch, without its parameters."""
    hand = optimizer.rule
    part = hand.optimizer.model_validate({"lr": optimizer.lr, **optimizer.options, **hand.by_hand.fixed})
    options = part.options()
    options["weight_decay"] = options.pop("weight_decay")  # last, as what is added to the rule
    given = ", ".join(f"{name}={value!r}" for name, value in options.items() if not _is_off(name, value))
    return f"torch.optim.{part.torch_name}(parameters, {given})"


def _is_off(name: str, value: object) -> bool:
    return name in ("momentum", "nesterov") and not value


def torch_script(example: Example, optimizer: HandOptimizer, taken: int = 0) -> str:
    """A script that prints z, a, the loss, every gradient and the next update, after the steps taken before."""
    layers = range(1, example.depth + 1)
    tensors = "\n".join(_tensors(example, layer) for layer in layers)
    parameters = ", ".join(f"W{layer}, b{layer}" for layer in layers)
    pairs = ", ".join(f"(W{layer}, b{layer})" for layer in layers)
    activations = ", ".join(_activation(example.activation_of(layer)) for layer in layers)
    definitions = f"""\
import torch

torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=6, sci_mode=False)
x = torch.tensor({list(example.x)})
y = torch.tensor({list(example.y)})
{tensors}
parameters = [{parameters}]
activations = [{activations}]
optimizer = {torch_optimizer(optimizer)}


def loss_of(tell=False):
    signal = x
    for layer, ((W, b), f) in enumerate(zip([{pairs}], activations), start=1):
        z = W @ signal + b
        signal = f(z)
        if tell:
            print(f"z{{layer}} =", z.data)
            print(f"a{{layer}} =", signal.data)
    return {TERMS[example.loss].script}


"""
    return definitions + (_steps_before(taken) if taken else "") + _one_step(example.depth)


def _one_step(depth: int) -> str:
    return f"""\
optimizer.zero_grad()
loss = loss_of(tell=True)
loss.backward()
print("loss =", loss.item())
for layer in range(1, {depth + 1}):
    print(f"dJ/dW{{layer}} =", parameters[2 * layer - 2].grad)
    print(f"dJ/db{{layer}} =", parameters[2 * layer - 1].grad)
optimizer.step()
for layer in range(1, {depth + 1}):
    print(f"new W{{layer}} =", parameters[2 * layer - 2].data)
    print(f"new b{{layer}} =", parameters[2 * layer - 1].data)
print("new loss =", loss_of().item())
"""


def _tensors(example: Example, layer: int) -> str:
    rows, biases = [list(row) for row in example.weights[layer - 1]], list(example.biases[layer - 1])
    return (
        f"W{layer} = torch.tensor({rows}, requires_grad=True)\n"
        f"b{layer} = torch.tensor({biases}, requires_grad=True)"
    )


def _steps_before(taken: int) -> str:
    return f"""\
for _ in range({taken}):
    optimizer.zero_grad()
    loss_of().backward()
    optimizer.step()

"""
