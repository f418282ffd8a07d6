"""The losses: one table entry each, with its formula and the torch function that computes it.

Every loss takes logits and labels and gives the mean over the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from lab.registry import Part, hyper, table

if TYPE_CHECKING:
    from torch import Tensor

LossFunction: TypeAlias = "Callable[[Tensor, Tensor], Tensor]"


def _one_hot(labels: Tensor, logits: Tensor) -> Tensor:
    """1 at the label, 0 elsewhere; unlike torch's one_hot it never waits to look at the labels."""
    import torch

    classes = torch.arange(logits.shape[1], device=labels.device)
    return (labels[:, None] == classes).to(logits.dtype)


class Loss(Part):
    """What training makes small."""

    unit: ClassVar[str] = ""

    def function(self) -> LossFunction:
        """The loss as a function of logits and labels.

        Shapes: logits (N, 10), labels (N,) int64 -> scalar, the mean over the batch.
        """
        raise TypeError(f"{type(self).__name__} has no function")


class CrossEntropy(Loss):
    """Softmax, then the negative log-probability of the label."""

    title: ClassVar[str] = "Cross-entropy"
    summary: ClassVar[str] = "How surprised the network is by the right label; the usual loss for classes."
    formula: ClassVar[str] = r"J = -\sum_k y_k \log \hat{y}_k, \quad \hat{y} = \operatorname{softmax}(z)"
    source: ClassVar[str] = "Document, section 4.2.2"
    unit: ClassVar[str] = "nats"
    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: float = hyper(
        0.0,
        "Label smoothing",
        "The share of the label given to all classes alike, against overconfidence.",
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

    title: ClassVar[str] = "Squared error"
    summary: ClassVar[str] = "Half the squared distance between the outputs and the one-hot label."
    formula: ClassVar[str] = r"J = \tfrac{1}{2} \sum_k (y_k - \hat{y}_k)^2"
    source: ClassVar[str] = "Document, section 4.2.2"
    kind: Literal["mse"] = "mse"

    def function(self) -> LossFunction:
        def squared_error(logits: Tensor, labels: Tensor) -> Tensor:
            one_hot = _one_hot(labels, logits)
            return 0.5 * (logits - one_hot).square().sum(1).mean()

        return squared_error


class BinaryCrossEntropy(Loss):
    """Ten yes-or-no questions, one per class."""

    title: ClassVar[str] = "Binary cross-entropy"
    summary: ClassVar[str] = (
        "Asks each output alone whether it is this class: a sigmoid and a log-loss per class."
    )
    formula: ClassVar[str] = (
        r"J = -\sum_k \left[ y_k \log \hat{y}_k + (1 - y_k) \log(1 - \hat{y}_k) \right],"
        r" \quad \hat{y} = \sigma(z)"
    )
    source: ClassVar[str] = "Document, section 4.3.2"
    unit: ClassVar[str] = "nats"
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

    title: ClassVar[str] = "Multi-class hinge"
    summary: ClassVar[str] = "Wants the right output ahead of every other by a margin, and then no more."
    formula: ClassVar[str] = r"J = \tfrac{1}{10} \sum_{k \neq y} \max(0,\; m - z_y + z_k)"
    source: ClassVar[str] = "Crammer & Singer 2001, JMLR 2"
    kind: Literal["hinge"] = "hinge"
    margin: float = hyper(1.0, "Margin", "How far ahead the right output must be.", gt=0.0, le=10.0)

    def function(self) -> LossFunction:
        from torch.nn import functional

        margin = self.margin
        return lambda logits, labels: functional.multi_margin_loss(logits, labels, margin=margin)


LOSSES = table(CrossEntropy, SquaredError, BinaryCrossEntropy, Hinge)
AnyLoss = Annotated[CrossEntropy | SquaredError | BinaryCrossEntropy | Hinge, Field(discriminator="kind")]
