"""The losses: one table entry each, with its formula and the torch function that computes it.

Every loss takes logits and labels and gives the mean over the batch; its term by hand, if it has one, takes a target
and an output. Knows no network; torch is imported when a function is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from lab.registry import Part, hyper, table
from lab.texts import Name, Words, said

if TYPE_CHECKING:
    from torch import Tensor

LossFunction: TypeAlias = Callable[["Tensor", "Tensor"], "Tensor"]


def _one_hot(labels: Tensor, logits: Tensor) -> Tensor:
    """1 at the label, 0 elsewhere; unlike torch's one_hot it never waits to look at the labels."""
    import torch

    classes = torch.arange(logits.shape[1], device=labels.device)
    return (labels[:, None] == classes).to(logits.dtype)


@dataclass(frozen=True, kw_only=True)
class Term:
    """One output's part J_i(y_i, yhat_i) of a loss J = sum of J_i, as a person computes it.

    `problem` says where it has no value, `fitting_outputs` which activations keep it from there; `script` and `tensor`
    write the whole loss with torch's operations, of tensors `y` and `signal`.
    """

    name: str
    title: Words
    formula: str
    term: str
    slope_formula: str
    value: Callable[[float, float], float]
    slope: Callable[[float, float], float]
    problem: Callable[[float, float], str | None] = lambda _y, _output: None
    fitting_outputs: tuple[str, ...]
    script: str
    tensor: Callable[[Any, Any], Any]


def _outside_a_logarithm(y: float, output: float) -> str | None:
    if output < 0 or output > 1:
        return "undefined"
    if output == 0:
        return "infinite" if y > 0 else "undefined"
    return None


def _outside_two_logarithms(y: float, output: float) -> str | None:
    if output == 1:
        return "infinite" if y < 1 else "undefined"
    return _outside_a_logarithm(y, output)


_CROSS_ENTROPY = Term(
    name="ce",
    title=said("parts.losses.terms.ce.title"),
    formula=r"J = -\sum_i y_i \log \hat{y}_i",
    term=r"-({y} \log {o})",
    slope_formula=r"-\frac{{y}}{{o}}",
    value=lambda y, output: -y * math.log(output),
    slope=lambda y, output: -y / output,
    problem=_outside_a_logarithm,
    fitting_outputs=("softmax",),
    script="-(y * signal.log()).sum()",
    tensor=lambda y, signal: -(y * signal.log()).sum(),
)
_SQUARED_ERROR = Term(
    name="mse",
    title=Name("1/2 MSE"),
    formula=r"J = \tfrac{1}{2} \sum_i (y_i - \hat{y}_i)^2",
    term=r"\tfrac{1}{2} ({y} - {o})^2",
    slope_formula=r"{o} - {y}",
    value=lambda y, output: 0.5 * (y - output) ** 2,
    slope=lambda y, output: output - y,
    fitting_outputs=("relu", "identity", "sigmoid", "tanh", "softmax"),
    script="0.5 * ((y - signal) ** 2).sum()",
    tensor=lambda y, signal: 0.5 * ((y - signal) ** 2).sum(),
)
_BINARY_CROSS_ENTROPY = Term(
    name="bce",
    title=said("parts.losses.bce.title"),
    formula=r"J = -\sum_i \left[ y_i \log \hat{y}_i + (1 - y_i) \log(1 - \hat{y}_i) \right]",
    term=r"-\left[ {y} \log {o} + (1 - {y}) \log(1 - {o}) \right]",
    slope_formula=r"\frac{{o} - {y}}{{o}\,(1 - {o})}",
    value=lambda y, output: -(y * math.log(output) + (1.0 - y) * math.log1p(-output)),
    slope=lambda y, output: (output - y) / (output * (1.0 - output)),
    problem=_outside_two_logarithms,
    fitting_outputs=("sigmoid",),
    script="-(y * signal.log() + (1 - y) * (1 - signal).log()).sum()",
    tensor=lambda y, signal: -(y * signal.log() + (1 - y) * (-signal).log1p()).sum(),
)


class Loss(Part):
    """What training makes small."""

    unit: ClassVar[Words | None] = None
    by_hand: ClassVar[Term | None] = None  # None: By hand does not offer it

    def function(self) -> LossFunction:
        """The loss as a function of logits and labels.

        Shapes: logits (N, 10), labels (N,) int64 -> scalar, the mean over the batch.
        """
        raise TypeError(f"{type(self).__name__} has no function")


class CrossEntropy(Loss):
    """Softmax, then the negative log-probability of the label."""

    title: ClassVar[Words] = said("parts.losses.cross_entropy.title")
    summary: ClassVar[Words] = said("parts.losses.cross_entropy.summary")
    formula: ClassVar[str] = r"J = -\sum_k y_k \log \hat{y}_k, \quad \hat{y} = \operatorname{softmax}(z)"
    source: ClassVar[str] = "Document, section 4.2.2"
    unit: ClassVar[Words | None] = said("parts.losses.nats")
    by_hand: ClassVar[Term | None] = _CROSS_ENTROPY
    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: float = hyper(
        0.0,
        said("parts.losses.cross_entropy.label_smoothing.title"),
        said("parts.losses.cross_entropy.label_smoothing.description"),
        formula=r"y \leftarrow (1 - s)\,y + s / 10",
        ge=0.0,
        le=0.5,
    )

    def function(self) -> LossFunction:
        from torch.nn import functional

        smoothing = self.label_smoothing
        return lambda logits, labels: functional.cross_entropy(logits, labels, label_smoothing=smoothing)


class SquaredError(Loss):
    """The document's mean squared error on one-hot labels."""

    title: ClassVar[Words] = said("parts.losses.mse.title")
    summary: ClassVar[Words] = said("parts.losses.mse.summary")
    formula: ClassVar[str] = r"J = \tfrac{1}{2} \sum_k (y_k - \hat{y}_k)^2"
    source: ClassVar[str] = "Document, section 4.2.2"
    by_hand: ClassVar[Term | None] = _SQUARED_ERROR
    kind: Literal["mse"] = "mse"

    def function(self) -> LossFunction:
        def squared_error(logits: Tensor, labels: Tensor) -> Tensor:
            one_hot = _one_hot(labels, logits)
            return 0.5 * (logits - one_hot).square().sum(1).mean()

        return squared_error


class BinaryCrossEntropy(Loss):
    """Ten yes-or-no questions, one per class."""

    title: ClassVar[Words] = said("parts.losses.bce.title")
    summary: ClassVar[Words] = said("parts.losses.bce.summary")
    formula: ClassVar[str] = (
        r"J = -\sum_k \left[ y_k \log \hat{y}_k + (1 - y_k) \log(1 - \hat{y}_k) \right],"
        r" \quad \hat{y} = \sigma(z)"
    )
    source: ClassVar[str] = "Document, section 4.3.2"
    unit: ClassVar[Words | None] = said("parts.losses.nats")
    by_hand: ClassVar[Term | None] = _BINARY_CROSS_ENTROPY
    kind: Literal["bce"] = "bce"

    def function(self) -> LossFunction:
        from torch.nn import functional

        def binary_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
            one_hot = _one_hot(labels, logits)
            each = functional.binary_cross_entropy_with_logits(logits, one_hot, reduction="none")
            return each.sum(1).mean()

        return binary_cross_entropy


class Hinge(Loss):
    """The multi-class hinge of support vector machines."""

    title: ClassVar[Words] = said("parts.losses.hinge.title")
    summary: ClassVar[Words] = said("parts.losses.hinge.summary")
    formula: ClassVar[str] = r"J = \tfrac{1}{10} \sum_{k \neq y} \max(0,\; m - z_y + z_k)"
    source: ClassVar[str] = "Crammer & Singer 2001, JMLR 2"
    kind: Literal["hinge"] = "hinge"
    margin: float = hyper(
        1.0,
        said("parts.losses.hinge.margin.title"),
        said("parts.losses.hinge.margin.description"),
        gt=0.0,
        le=10.0,
    )

    def function(self) -> LossFunction:
        from torch.nn import functional

        margin = self.margin
        return lambda logits, labels: functional.multi_margin_loss(logits, labels, margin=margin)


AnyLoss = Annotated[CrossEntropy | SquaredError | BinaryCrossEntropy | Hinge, Field(discriminator="kind")]
LOSSES: dict[str, type[Loss]] = table(AnyLoss)
