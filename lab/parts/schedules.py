"""The learning-rate schedules: one table entry each, a factor on the learning rate at every step.

Plain arithmetic: the preview plot and the engine read the same function.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lab.registry import Part, hyper, table
from lab.texts import Words, said


class Schedule(Part):
    """How the learning rate changes over the run."""

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        """What the learning rate is multiplied by at this step, the first being 0."""
        raise TypeError(f"{type(self).__name__} has no factor")


class Constant(Schedule):
    """The same rate all along."""

    title: ClassVar[Words] = said("parts.schedules.constant.title")
    summary: ClassVar[Words] = said("parts.schedules.constant.summary")
    formula: ClassVar[str] = r"\eta_t = \eta"
    kind: Literal["constant"] = "constant"

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        return 1.0


class StepDecay(Schedule):
    """A lower rate every few epochs."""

    title: ClassVar[Words] = said("parts.schedules.step.title")
    summary: ClassVar[Words] = said("parts.schedules.step.summary")
    formula: ClassVar[str] = r"\eta_t = \eta\, \gamma^{\lfloor e / k \rfloor}"
    kind: Literal["step"] = "step"
    every: int = hyper(
        3,
        said("parts.schedules.step.every.title"),
        said("parts.schedules.step.every.description"),
        ge=1,
        le=1000,
    )
    gamma: float = hyper(
        0.3,
        said("parts.schedules.step.gamma.title"),
        said("parts.schedules.step.gamma.description"),
        gt=0.0,
        le=1.0,
    )

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        return float(self.gamma ** (step // steps_per_epoch // self.every))


class Exponential(Schedule):
    """A little less after every step."""

    title: ClassVar[Words] = said("parts.schedules.exponential.title")
    summary: ClassVar[Words] = said("parts.schedules.exponential.summary")
    formula: ClassVar[str] = r"\eta_t = \eta\, \gamma^{e}"
    kind: Literal["exponential"] = "exponential"
    gamma: float = hyper(
        0.8,
        said("parts.schedules.exponential.gamma.title"),
        said("parts.schedules.exponential.gamma.description"),
        gt=0.0,
        le=1.0,
    )

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        return float(self.gamma ** (step / steps_per_epoch))


class Cosine(Schedule):
    """Half a cosine wave down."""

    title: ClassVar[Words] = said("parts.schedules.cosine.title")
    summary: ClassVar[Words] = said("parts.schedules.cosine.summary")
    formula: ClassVar[str] = r"\eta_t = \eta \left[ r + (1 - r)\, \tfrac{1}{2} (1 + \cos \pi t / T) \right]"
    source: ClassVar[str] = "Loshchilov & Hutter 2017, ICLR"
    kind: Literal["cosine"] = "cosine"
    final: float = hyper(
        0.0,
        said("parts.schedules.cosine.final.title"),
        said("parts.schedules.cosine.final.description"),
        ge=0.0,
        le=1.0,
    )

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        progress = min(step / (steps_per_epoch * epochs), 1.0)
        return self.final + (1 - self.final) * 0.5 * (1 + math.cos(math.pi * progress))


class OneCycle(Schedule):
    """Up, then down to almost nothing."""

    title: ClassVar[Words] = said("parts.schedules.one_cycle.title")
    summary: ClassVar[Words] = said("parts.schedules.one_cycle.summary")
    formula: ClassVar[str] = r"\eta / d \;\nearrow\; \eta \;\searrow\; \approx 0"
    source: ClassVar[str] = "Smith & Topin 2018, arXiv:1708.07120"
    kind: Literal["one_cycle"] = "one_cycle"
    warmup: float = hyper(
        0.3,
        said("parts.schedules.one_cycle.warmup.title"),
        said("parts.schedules.one_cycle.warmup.description"),
        gt=0.0,
        lt=1.0,
    )
    start_divisor: float = hyper(
        25.0,
        said("parts.schedules.one_cycle.start_divisor.title"),
        said("parts.schedules.one_cycle.start_divisor.description"),
        ge=1.0,
        le=1000.0,
    )

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        total = max(2, steps_per_epoch * epochs)
        peak = max(1.0, self.warmup * total - 1)
        low, end = 1 / self.start_divisor, 1 / (self.start_divisor * 1e4)
        if step <= peak:
            return _between(low, 1.0, step / peak)
        return _between(1.0, end, min((step - peak) / max(1.0, total - 1 - peak), 1.0))


class WarmUp(Schedule):
    """A linear rise, then constant."""

    title: ClassVar[Words] = said("parts.schedules.warmup.title")
    summary: ClassVar[Words] = said("parts.schedules.warmup.summary")
    formula: ClassVar[str] = r"\eta_t = \eta\, \min(1,\; (t + 1) / t_{\mathrm{warm}})"
    source: ClassVar[str] = "Goyal et al. 2017, arXiv:1706.02677"
    kind: Literal["warmup"] = "warmup"
    epochs_rising: float = hyper(
        1.0,
        said("parts.schedules.warmup.epochs_rising.title"),
        said("parts.schedules.warmup.epochs_rising.description"),
        gt=0.0,
        le=100.0,
    )

    def factor(self, step: int, steps_per_epoch: int, epochs: int) -> float:
        return min(1.0, (step + 1) / max(1.0, self.epochs_rising * steps_per_epoch))


def _between(start: float, end: float, progress: float) -> float:
    """Half a cosine wave from start to end."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * progress))


AnySchedule = Annotated[
    Constant | StepDecay | Exponential | Cosine | OneCycle | WarmUp, Field(discriminator="kind")
]
SCHEDULES: dict[str, type[Schedule]] = table(AnySchedule)
