"""The initialisations: one table entry each, how the first weights are drawn. Biases start at zero,
except with PyTorch's own default, which is what the document's script uses.

An entry may also draw from numpy's generator, for examples computed by hand. Knows no torch at import.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from lab.registry import Part, hyper, table
from lab.texts import Words, said

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

LOWEST_WIDTH = 1e-12  # far smaller ones are zero in float32: that is another entry
_WIDTH = 0.05

Draw: TypeAlias = Callable[["np.random.Generator", int, int], "NDArray[np.float64]"]
Width = Callable[[int, int], float]


def uniform_bound(units: int, inputs: int) -> float:
    """How far PyTorch's own default draws weights and biases of a dense layer from zero."""
    return 1 / math.sqrt(inputs)


def _evenly(bound: Width) -> Draw:
    return lambda generator, units, inputs: generator.uniform(
        -bound(units, inputs), bound(units, inputs), (units, inputs)
    )


def _in_a_bell(spread: Width) -> Draw:
    return lambda generator, units, inputs: generator.normal(0.0, spread(units, inputs), (units, inputs))


def _at_right_angles(generator: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
    import numpy as np

    tall = generator.normal(size=(max(units, inputs), min(units, inputs)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return q if units >= inputs else q.T


class Initialisation(Part):
    """How a weight tensor gets its first values."""

    keeps_default: ClassVar[bool] = False
    by_hand: ClassVar[Draw | None] = (
        None  # weights (units, inputs) from numpy; None: By hand does not offer it
    )

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        """Draw the weight's first values in place.

        Shapes: weight (out, in) or (out, in, height, width).
        """
        raise TypeError(f"{type(self).__name__} has no fill")


class PyTorchDefault(Initialisation):
    """What PyTorch does by itself."""

    title: ClassVar[Words] = said("parts.initialisations.default.title")
    summary: ClassVar[Words] = said("parts.initialisations.default.summary")
    formula: ClassVar[str] = r"w, b \sim U\!\left(-1/\sqrt{n_{in}},\; 1/\sqrt{n_{in}}\right)"
    source: ClassVar[str] = "Document, section 4.5.3 (torch.nn.Linear)"
    keeps_default: ClassVar[bool] = True
    by_hand: ClassVar[Draw | None] = staticmethod(_evenly(uniform_bound))
    kind: Literal["default"] = "default"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        from torch.nn import init

        init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)


class Normal(Initialisation):
    """A Gaussian of one width for all layers."""

    title: ClassVar[Words] = said("parts.initialisations.normal.title")
    summary: ClassVar[Words] = said("parts.initialisations.normal.summary")
    formula: ClassVar[str] = r"w \sim N(0, s^2)"
    source: ClassVar[str] = "Document, section 3.2.1"
    by_hand: ClassVar[Draw | None] = staticmethod(_in_a_bell(lambda units, inputs: _WIDTH))
    kind: Literal["normal"] = "normal"
    std: float = hyper(
        _WIDTH,
        said("parts.initialisations.normal.std.title"),
        said("parts.initialisations.normal.std.description"),
        ge=LOWEST_WIDTH,
        le=10.0,
    )

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        weight.data.normal_(0.0, self.std, generator=generator)


class Uniform(Initialisation):
    """A uniform draw of one width for all layers."""

    title: ClassVar[Words] = said("parts.initialisations.uniform.title")
    summary: ClassVar[Words] = said("parts.initialisations.uniform.summary")
    formula: ClassVar[str] = r"w \sim U(-s, s)"
    source: ClassVar[str] = "Document, section 3.2.1"
    by_hand: ClassVar[Draw | None] = staticmethod(_evenly(lambda units, inputs: _WIDTH))
    kind: Literal["uniform"] = "uniform"
    bound: float = hyper(
        _WIDTH,
        said("parts.initialisations.uniform.bound.title"),
        said("parts.initialisations.uniform.bound.description"),
        ge=LOWEST_WIDTH,
        le=10.0,
    )

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        weight.data.uniform_(-self.bound, self.bound, generator=generator)


class XavierUniform(Initialisation):
    """Xavier's width, drawn evenly."""

    title: ClassVar[Words] = said("parts.initialisations.xavier_uniform.title")
    summary: ClassVar[Words] = said("parts.initialisations.xavier_uniform.summary")
    formula: ClassVar[str] = r"w \sim U(-s, s), \quad s = \sqrt{6 / (n_{in} + n_{out})}"
    source: ClassVar[str] = "Glorot & Bengio 2010, AISTATS"
    by_hand: ClassVar[Draw | None] = staticmethod(
        _evenly(lambda units, inputs: math.sqrt(6 / (units + inputs)))
    )
    kind: Literal["xavier_uniform"] = "xavier_uniform"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        from torch.nn import init

        init.xavier_uniform_(weight, generator=generator)


class XavierNormal(Initialisation):
    """Xavier's width, drawn from a Gaussian."""

    title: ClassVar[Words] = said("parts.initialisations.xavier_normal.title")
    summary: ClassVar[Words] = said("parts.initialisations.xavier_normal.summary")
    formula: ClassVar[str] = r"w \sim N\!\left(0,\; 2 / (n_{in} + n_{out})\right)"
    source: ClassVar[str] = "Glorot & Bengio 2010, AISTATS"
    by_hand: ClassVar[Draw | None] = staticmethod(
        _in_a_bell(lambda units, inputs: math.sqrt(2 / (units + inputs)))
    )
    kind: Literal["xavier_normal"] = "xavier_normal"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        from torch.nn import init

        init.xavier_normal_(weight, generator=generator)


class HeUniform(Initialisation):
    """He's width, drawn evenly."""

    title: ClassVar[Words] = said("parts.initialisations.he_uniform.title")
    summary: ClassVar[Words] = said("parts.initialisations.he_uniform.summary")
    formula: ClassVar[str] = r"w \sim U(-s, s), \quad s = \sqrt{6 / n_{in}}"
    source: ClassVar[str] = "He et al. 2015, ICCV"
    by_hand: ClassVar[Draw | None] = staticmethod(_evenly(lambda units, inputs: math.sqrt(6 / inputs)))
    kind: Literal["he_uniform"] = "he_uniform"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        from torch.nn import init

        init.kaiming_uniform_(weight, nonlinearity="relu", generator=generator)


class HeNormal(Initialisation):
    """He's width, drawn from a Gaussian."""

    title: ClassVar[Words] = said("parts.initialisations.he_normal.title")
    summary: ClassVar[Words] = said("parts.initialisations.he_normal.summary")
    formula: ClassVar[str] = r"w \sim N(0,\; 2 / n_{in})"
    source: ClassVar[str] = "He et al. 2015, ICCV"
    by_hand: ClassVar[Draw | None] = staticmethod(_in_a_bell(lambda units, inputs: math.sqrt(2 / inputs)))
    kind: Literal["he_normal"] = "he_normal"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        from torch.nn import init

        init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)


class Orthogonal(Initialisation):
    """Rows at right angles."""

    title: ClassVar[Words] = said("parts.initialisations.orthogonal.title")
    summary: ClassVar[Words] = said("parts.initialisations.orthogonal.summary")
    formula: ClassVar[str] = r"W W^\top = I"
    source: ClassVar[str] = "Saxe et al. 2014, ICLR"
    by_hand: ClassVar[Draw | None] = staticmethod(_at_right_angles)
    kind: Literal["orthogonal"] = "orthogonal"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        from torch.nn import init

        init.orthogonal_(weight, generator=generator)


class Zeros(Initialisation):
    """All weights zero, to see why not."""

    title: ClassVar[Words] = said("parts.initialisations.zeros.title")
    summary: ClassVar[Words] = said("parts.initialisations.zeros.summary")
    formula: ClassVar[str] = r"w = 0"
    by_hand: ClassVar[Draw | None] = staticmethod(_evenly(lambda units, inputs: 0.0))
    kind: Literal["zeros"] = "zeros"

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        weight.data.zero_()


class FromRun(Initialisation):
    """What another run has learned: the start of fine-tuning."""

    title: ClassVar[Words] = said("parts.initialisations.run.title")
    summary: ClassVar[Words] = said("parts.initialisations.run.summary")
    formula: ClassVar[str] = r"w = w_{\mathrm{run}}"
    source: ClassVar[str] = "Document, sections 2.2 and 7.2; Yosinski et al. 2014, NeurIPS"
    keeps_default: ClassVar[bool] = True
    kind: Literal["run"] = "run"
    run: str = hyper(
        "",
        said("parts.initialisations.run.run.title"),
        said("parts.initialisations.run.run.description"),
        max_length=60,
    )
    frozen: int = hyper(
        0,
        said("parts.initialisations.run.frozen.title"),
        said("parts.initialisations.run.frozen.description"),
        ge=0,
        le=64,
    )

    def fill(self, weight: Tensor, generator: torch.Generator) -> None:
        PyTorchDefault().fill(weight, generator)  # where the other run has nothing to give


AnyInitialisation = Annotated[
    PyTorchDefault
    | Normal
    | Uniform
    | XavierUniform
    | XavierNormal
    | HeUniform
    | HeNormal
    | Orthogonal
    | Zeros
    | FromRun,
    Field(discriminator="kind"),
]
INITIALISATIONS: dict[str, type[Initialisation]] = table(AnyInitialisation)
