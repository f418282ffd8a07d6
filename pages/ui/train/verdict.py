"""What each layer of the draft makes of its input and what the run costs: known as soon as torch is loaded.

Owns the one background warm-up of these reports and the short poll that fills them in; no page waits for it.
"""

from __future__ import annotations

import operator
import threading
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from lab.paths import lab_home
from lab.presets import preset
from lab.registry import FieldError, SpecError
from lab.runner.warm import HEAD_START_S, torch_ready
from lab.spec import RunSpec
from lab.spec_link import DEFAULT_PRESET
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


PATIENCE = 2
_begun = threading.Lock()
_ready = threading.Event()


def _warm() -> None:
    # The lab's own warm-up imports torch once the first page has left; where it is off, this does.
    for _ in range(PATIENCE):
        if torch_ready():
            break
        time.sleep(HEAD_START_S)
    _verdict(preset(DEFAULT_PRESET))
    _ready.set()


def verdict(spec: RunSpec) -> DraftVerdict | None:
    """What is known about a configuration, or None while torch is still loading."""
    if not _ready.is_set():
        if _begun.acquire(blocking=False):
            threading.Thread(target=_warm, name="shape-reports", daemon=True).start()
        return None
    from lab.network.transfer import hindrances
    from lab.training.budget import with_data_at_hand

    known = _verdict(with_data_at_hand(spec, lab_home()))
    missing = hindrances(spec, lab_home())  # which may come with every step of another run
    return replace(known, errors=known.errors + missing) if missing else known


@lru_cache(maxsize=256)
def _verdict(spec: RunSpec) -> DraftVerdict:
    from lab.network.report import layer_reports
    from lab.training.budget import admit, estimate

    reports = layer_reports(spec.network)
    try:
        return DraftVerdict(reports, admit(spec))
    except SpecError as error:
        return DraftVerdict(reports, estimate(spec), error.errors)


def fill_in_when_ready() -> None:
    """Draws the page again once the shapes can be known; place it only while they cannot."""
    refreshing(_ready.is_set, lambda ready: None, operator.not_, moving=True, every_s=0.4)
