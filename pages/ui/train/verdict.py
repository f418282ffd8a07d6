"""What each layer of the draft makes of its input and what the run costs: known as soon as torch is loaded.

Owns the short poll that fills them in; no page waits for it.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from lab.paths import lab_home
from lab.registry import FieldError, SpecError
from lab.runner import warm
from lab.spec import RunSpec
from lab.texts import language
from pages.ui.kit.refreshing import refreshing

if TYPE_CHECKING:
    from lab.network.report import LayerReport
    from lab.training.budget import Estimate


@dataclass(frozen=True)
class DraftVerdict:
    """What torch and the budget say about a draft: its layers, its cost, what forbids it to start."""

    reports: tuple[LayerReport, ...]
    estimate: Estimate
    errors: tuple[FieldError, ...] = ()


def verdict(spec: RunSpec) -> DraftVerdict | None:
    """What is known about a configuration, or None while torch is still loading."""
    if not warm.load("reports"):
        return None
    from lab.network.transfer import hindrances
    from lab.training.budget import with_data_at_hand

    known = _verdict(with_data_at_hand(spec, lab_home()), language())
    missing = hindrances(spec, lab_home())  # which may come with every step of another run
    return replace(known, errors=known.errors + missing) if missing else known


@lru_cache(maxsize=256)
def _verdict(spec: RunSpec, language: str) -> DraftVerdict:  # it speaks, so each language has its own
    from lab.network.report import layer_reports
    from lab.training.budget import admit, estimate

    reports = layer_reports(spec.network)
    try:
        return DraftVerdict(reports, admit(spec))
    except SpecError as error:
        return DraftVerdict(reports, estimate(spec), error.errors)


def fill_in_when_ready() -> None:
    """Draws the page again once the shapes can be known; place it only while they cannot."""
    ready = partial(warm.ready, "reports")
    refreshing(ready, lambda ready: None, operator.not_, moving=True, every_s=0.4)
