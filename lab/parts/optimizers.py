"""The optimizers: one table entry each, with its update rule and the torch.optim class that does it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from lab.parts.updates import (
    ADAGRAD_RULES,
    ADAM_RULES,
    ADAMW_RULES,
    RMSPROP_RULES,
    SGD_RULES,
    Rule,
)
from lab.registry import Part, hyper, table

LOWEST_RATE, HIGHEST_RATE = 1e-12, 100.0
LOWEST_EPSILON = 1e-30  # parameters are float32, in which much smaller numbers are zero


def _rate(default: float) -> float:
    return hyper(  # type: ignore[no-any-return]
        default, "Learning rate", "How far each step goes.", formula=r"\eta", ge=LOWEST_RATE, le=HIGHEST_RATE
    )


class Optimizer(Part):
    """How gradients become changes of the parameters; g is the gradient, w a parameter, eta the rate."""

    torch_name: ClassVar[str]
    decoupled_decay: ClassVar[bool] = False
    by_hand: ClassVar[tuple[Rule, ...]] = ()  # empty: By hand does not offer it

    lr: float = _rate(0.001)
    weight_decay: float = hyper(
        0.0,
        "Weight decay (L2)",
        "Pulls every weight towards zero, against overfitting.",
        formula=r"g \leftarrow g + \lambda w",
        ge=0.0,
        le=10.0,
    )

    @property
    def moments(self) -> int:
        """How many numbers it keeps of each weight's past, at most."""
        return 2

    def options(self) -> dict[str, Any]:
        """The keyword arguments of the torch.optim class."""
        return self.model_dump(exclude={"kind"})


def _beta(default: float, which: str, title: str = "Beta") -> float:
    return hyper(  # type: ignore[no-any-return]
        default,
        f"{title} {which}".strip(),
        "How much of the running mean is kept at each step.",
        ge=0.0,
        lt=1.0,
    )


def _epsilon(default: float = 1e-8) -> float:
    return hyper(  # type: ignore[no-any-return]
        default, "Epsilon", "Keeps the division from zero.", formula=r"\epsilon", ge=LOWEST_EPSILON, le=1.0
    )


class SGD(Optimizer):
    """Gradient descent on one batch at a time, with momentum if wanted."""

    title: ClassVar[str] = "SGD"
    summary: ClassVar[str] = "A step against the gradient; momentum keeps rolling in the mean direction."
    formula: ClassVar[str] = r"v \leftarrow \mu v + g, \quad w \leftarrow w - \eta v"
    source: ClassVar[str] = "Document, sections 3.1.3 and 4.5.4"
    torch_name: ClassVar[str] = "SGD"
    by_hand: ClassVar[tuple[Rule, ...]] = SGD_RULES
    kind: Literal["sgd"] = "sgd"
    lr: float = _rate(0.01)
    momentum: float = hyper(
        0.9,
        "Momentum",
        "How much of the last step is kept.",
        formula=r"\mu",
        ge=0.0,
        lt=1.0,
    )
    nesterov: bool = hyper(
        False,
        "Nesterov",
        "Looks ahead along the momentum before it takes the step (has no effect without momentum).",
        formula=r"w \leftarrow w - \eta\,(g + \mu v)",
    )

    @property
    def moments(self) -> int:
        return int(self.momentum > 0)

    def options(self) -> dict[str, Any]:
        # torch refuses nesterov without momentum, where the two are the same
        return super().options() | {"nesterov": self.nesterov and self.momentum > 0}


class _TwoMeans(Optimizer):
    """The fields of the Adam family."""

    beta1: float = _beta(0.9, "1")
    beta2: float = _beta(0.999, "2")
    eps: float = _epsilon()

    def options(self) -> dict[str, Any]:
        values = super().options()
        betas, eps = (values.pop("beta1"), values.pop("beta2")), values.pop("eps")
        return values | {"betas": betas, "eps": eps}


class Adam(_TwoMeans):
    """Steps scaled by the running mean and size of each gradient."""

    title: ClassVar[str] = "Adam"
    summary: ClassVar[str] = "Each parameter gets its own step size from the mean and size of its gradients."
    formula: ClassVar[str] = r"w \leftarrow w - \eta\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
    source: ClassVar[str] = "Kingma & Ba 2015, ICLR; document, section 3.1.3"
    torch_name: ClassVar[str] = "Adam"
    by_hand: ClassVar[tuple[Rule, ...]] = ADAM_RULES
    kind: Literal["adam"] = "adam"


class AdamW(_TwoMeans):
    """Adam with weight decay applied to the weights, not to the gradients."""

    title: ClassVar[str] = "AdamW"
    summary: ClassVar[str] = "Adam whose weight decay shrinks the weights directly; today's usual choice."
    formula: ClassVar[str] = (
        r"w \leftarrow (1 - \eta\lambda)\,w - \eta\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
    )
    source: ClassVar[str] = "Loshchilov & Hutter 2019, ICLR"
    torch_name: ClassVar[str] = "AdamW"
    by_hand: ClassVar[tuple[Rule, ...]] = ADAMW_RULES
    decoupled_decay: ClassVar[bool] = True
    kind: Literal["adamw"] = "adamw"
    weight_decay: float = hyper(
        0.0,
        "Weight decay",
        "Shrinks every weight at each step, against overfitting.",
        formula=r"w \leftarrow (1 - \eta\lambda)\,w",
        ge=0.0,
        le=10.0,
    )


class RMSprop(Optimizer):
    """Steps scaled by the running size of each gradient."""

    title: ClassVar[str] = "RMSprop"
    summary: ClassVar[str] = "Divides each step by the running size of its gradient."
    formula: ClassVar[str] = (
        r"v \leftarrow \alpha v + (1 - \alpha) g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{v} + \epsilon}"
    )
    source: ClassVar[str] = "Hinton 2012, Coursera lecture 6e"
    torch_name: ClassVar[str] = "RMSprop"
    by_hand: ClassVar[tuple[Rule, ...]] = RMSPROP_RULES
    kind: Literal["rmsprop"] = "rmsprop"
    alpha: float = _beta(0.99, "", "Alpha")
    momentum: float = hyper(0.0, "Momentum", "How much of the last step is kept.", ge=0.0, lt=1.0)
    eps: float = _epsilon()


class Adagrad(Optimizer):
    """Steps that shrink with all gradients seen so far."""

    title: ClassVar[str] = "Adagrad"
    summary: ClassVar[str] = (
        "Divides each step by the size of all its gradients so far, so steps only shrink."
    )
    formula: ClassVar[str] = (
        r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \epsilon}"
    )
    source: ClassVar[str] = "Duchi et al. 2011, JMLR 12"
    torch_name: ClassVar[str] = "Adagrad"
    by_hand: ClassVar[tuple[Rule, ...]] = ADAGRAD_RULES
    kind: Literal["adagrad"] = "adagrad"
    lr: float = _rate(0.01)
    eps: float = _epsilon(1e-10)


class Adadelta(Optimizer):
    """Steps in the unit of the parameter itself."""

    title: ClassVar[str] = "Adadelta"
    summary: ClassVar[str] = "Scales each step by the size of earlier steps over the size of its gradients."
    formula: ClassVar[str] = r"\Delta w = -\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}}\, g"
    source: ClassVar[str] = "Zeiler 2012, arXiv:1212.5701"
    torch_name: ClassVar[str] = "Adadelta"
    kind: Literal["adadelta"] = "adadelta"
    lr: float = _rate(1.0)
    rho: float = _beta(0.9, "", "Rho")
    eps: float = _epsilon(1e-6)


class Adamax(_TwoMeans):
    """Adam with the largest gradient in place of its root mean square."""

    title: ClassVar[str] = "Adamax"
    summary: ClassVar[str] = "Adam that divides by the largest recent gradient instead of its mean square."
    formula: ClassVar[str] = (
        r"u \leftarrow \max(\beta_2 u, |g|), \quad w \leftarrow w - \eta\, \frac{\hat{m}}{u}"
    )
    source: ClassVar[str] = "Kingma & Ba 2015, ICLR"
    torch_name: ClassVar[str] = "Adamax"
    kind: Literal["adamax"] = "adamax"


class NAdam(_TwoMeans):
    """Adam that looks ahead along its momentum."""

    title: ClassVar[str] = "NAdam"
    summary: ClassVar[str] = "Adam with Nesterov's look ahead."
    formula: ClassVar[str] = (
        r"w \leftarrow w - \eta\, \frac{\beta_1 \hat{m} + (1 - \beta_1)\,\hat{g}}{\sqrt{\hat{v}} + \epsilon}"
    )
    source: ClassVar[str] = "Dozat 2016, ICLR workshop"
    torch_name: ClassVar[str] = "NAdam"
    kind: Literal["nadam"] = "nadam"


class RAdam(_TwoMeans):
    """Adam that warms itself up."""

    title: ClassVar[str] = "RAdam"
    summary: ClassVar[str] = "Adam that holds back until it has seen enough gradients to scale by."
    formula: ClassVar[str] = r"w \leftarrow w - \eta\, r_t\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
    source: ClassVar[str] = "Liu et al. 2020, ICLR"
    torch_name: ClassVar[str] = "RAdam"
    kind: Literal["radam"] = "radam"


AnyOptimizer = Annotated[
    SGD | Adam | AdamW | RMSprop | Adagrad | Adadelta | Adamax | NAdam | RAdam,
    Field(discriminator="kind"),
]
OPTIMIZERS: dict[str, type[Optimizer]] = table(AnyOptimizer)
