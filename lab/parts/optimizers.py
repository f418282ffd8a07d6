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
from lab.texts import Name, Words, said

LOWEST_RATE, HIGHEST_RATE = 1e-12, 100.0
LOWEST_EPSILON = 1e-30  # parameters are float32, in which much smaller numbers are zero


def _rate(default: float) -> float:
    return hyper(  # type: ignore[no-any-return]
        default,
        said("parts.optimizers.shared.lr.title"),
        said("parts.optimizers.shared.lr.description"),
        formula=r"\eta",
        ge=LOWEST_RATE,
        le=HIGHEST_RATE,
    )


class Optimizer(Part):
    """How gradients become changes of the parameters; g is the gradient, w a parameter, eta the rate."""

    torch_name: ClassVar[str]
    decoupled_decay: ClassVar[bool] = False
    by_hand: ClassVar[tuple[Rule, ...]] = ()  # empty: By hand does not offer it

    lr: float = _rate(0.001)
    weight_decay: float = hyper(
        0.0,
        said("parts.optimizers.shared.weight_decay.title"),
        said("parts.optimizers.shared.weight_decay.description"),
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


def _mean(default: float, title: Words) -> float:
    return hyper(  # type: ignore[no-any-return]
        default,
        title,
        said("parts.optimizers.shared.mean.description"),
        ge=0.0,
        lt=1.0,
    )


def _epsilon(default: float = 1e-8) -> float:
    return hyper(  # type: ignore[no-any-return]
        default,
        said("parts.optimizers.shared.eps.title"),
        said("parts.optimizers.shared.eps.description"),
        formula=r"\epsilon",
        ge=LOWEST_EPSILON,
        le=1.0,
    )


class SGD(Optimizer):
    """Gradient descent on one batch at a time, with momentum if wanted."""

    title: ClassVar[Words] = Name("SGD")
    summary: ClassVar[Words] = said("parts.optimizers.sgd.summary")
    formula: ClassVar[str] = r"v \leftarrow \mu v + g, \quad w \leftarrow w - \eta v"
    source: ClassVar[str] = "Document, sections 3.1.3 and 4.5.4"
    torch_name: ClassVar[str] = "SGD"
    by_hand: ClassVar[tuple[Rule, ...]] = SGD_RULES
    kind: Literal["sgd"] = "sgd"
    lr: float = _rate(0.01)
    momentum: float = hyper(
        0.9,
        said("parts.optimizers.shared.momentum.title"),
        said("parts.optimizers.shared.momentum.description"),
        formula=r"\mu",
        ge=0.0,
        lt=1.0,
    )
    nesterov: bool = hyper(
        False,
        Name("Nesterov"),
        said("parts.optimizers.sgd.nesterov.description"),
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

    beta1: float = _mean(0.9, said("parts.optimizers.shared.beta1.title"))
    beta2: float = _mean(0.999, said("parts.optimizers.shared.beta2.title"))
    eps: float = _epsilon()

    def options(self) -> dict[str, Any]:
        values = super().options()
        betas, eps = (values.pop("beta1"), values.pop("beta2")), values.pop("eps")
        return values | {"betas": betas, "eps": eps}


class Adam(_TwoMeans):
    """Steps scaled by the running mean and size of each gradient."""

    title: ClassVar[Words] = Name("Adam")
    summary: ClassVar[Words] = said("parts.optimizers.adam.summary")
    formula: ClassVar[str] = r"w \leftarrow w - \eta\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
    source: ClassVar[str] = "Kingma & Ba 2015, ICLR; Document, section 3.1.3"
    torch_name: ClassVar[str] = "Adam"
    by_hand: ClassVar[tuple[Rule, ...]] = ADAM_RULES
    kind: Literal["adam"] = "adam"


class AdamW(_TwoMeans):
    """Adam with weight decay applied to the weights, not to the gradients."""

    title: ClassVar[Words] = Name("AdamW")
    summary: ClassVar[Words] = said("parts.optimizers.adamw.summary")
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
        said("parts.optimizers.adamw.weight_decay.title"),
        said("parts.optimizers.adamw.weight_decay.description"),
        formula=r"w \leftarrow (1 - \eta\lambda)\,w",
        ge=0.0,
        le=10.0,
    )


class RMSprop(Optimizer):
    """Steps scaled by the running size of each gradient."""

    title: ClassVar[Words] = Name("RMSprop")
    summary: ClassVar[Words] = said("parts.optimizers.rmsprop.summary")
    formula: ClassVar[str] = (
        r"v \leftarrow \alpha v + (1 - \alpha) g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{v} + \epsilon}"
    )
    source: ClassVar[str] = "Hinton 2012, Coursera lecture 6e"
    torch_name: ClassVar[str] = "RMSprop"
    by_hand: ClassVar[tuple[Rule, ...]] = RMSPROP_RULES
    kind: Literal["rmsprop"] = "rmsprop"
    alpha: float = _mean(0.99, said("parts.optimizers.rmsprop.alpha.title"))
    momentum: float = hyper(
        0.0,
        said("parts.optimizers.shared.momentum.title"),
        said("parts.optimizers.shared.momentum.description"),
        ge=0.0,
        lt=1.0,
    )
    eps: float = _epsilon()


class Adagrad(Optimizer):
    """Steps that shrink with all gradients seen so far."""

    title: ClassVar[Words] = Name("Adagrad")
    summary: ClassVar[Words] = said("parts.optimizers.adagrad.summary")
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

    title: ClassVar[Words] = Name("Adadelta")
    summary: ClassVar[Words] = said("parts.optimizers.adadelta.summary")
    formula: ClassVar[str] = r"\Delta w = -\frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}}\, g"
    source: ClassVar[str] = "Zeiler 2012, arXiv:1212.5701"
    torch_name: ClassVar[str] = "Adadelta"
    kind: Literal["adadelta"] = "adadelta"
    lr: float = _rate(1.0)
    rho: float = _mean(0.9, said("parts.optimizers.adadelta.rho.title"))
    eps: float = _epsilon(1e-6)


class Adamax(_TwoMeans):
    """Adam with the largest gradient in place of its root mean square."""

    title: ClassVar[Words] = Name("Adamax")
    summary: ClassVar[Words] = said("parts.optimizers.adamax.summary")
    formula: ClassVar[str] = (
        r"u \leftarrow \max(\beta_2 u, |g|), \quad w \leftarrow w - \eta\, \frac{\hat{m}}{u}"
    )
    source: ClassVar[str] = "Kingma & Ba 2015, ICLR"
    torch_name: ClassVar[str] = "Adamax"
    kind: Literal["adamax"] = "adamax"


class NAdam(_TwoMeans):
    """Adam that looks ahead along its momentum."""

    title: ClassVar[Words] = Name("NAdam")
    summary: ClassVar[Words] = said("parts.optimizers.nadam.summary")
    formula: ClassVar[str] = (
        r"w \leftarrow w - \eta\, \frac{\beta_1 \hat{m} + (1 - \beta_1)\,\hat{g}}{\sqrt{\hat{v}} + \epsilon}"
    )
    source: ClassVar[str] = "Dozat 2016, ICLR workshop"
    torch_name: ClassVar[str] = "NAdam"
    kind: Literal["nadam"] = "nadam"


class RAdam(_TwoMeans):
    """Adam that warms itself up."""

    title: ClassVar[Words] = Name("RAdam")
    summary: ClassVar[Words] = said("parts.optimizers.radam.summary")
    formula: ClassVar[str] = r"w \leftarrow w - \eta\, r_t\, \frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
    source: ClassVar[str] = "Liu et al. 2020, ICLR"
    torch_name: ClassVar[str] = "RAdam"
    kind: Literal["radam"] = "radam"


AnyOptimizer = Annotated[
    SGD | Adam | AdamW | RMSprop | Adagrad | Adadelta | Adamax | NAdam | RAdam,
    Field(discriminator="kind"),
]
OPTIMIZERS: dict[str, type[Optimizer]] = table(AnyOptimizer)
