"""Courses of runs as training tells them, and what is found in them."""

from __future__ import annotations

from collections.abc import Sequence

from lab import events
from lab.diagnosis import Finding, findings
from lab.presets import preset
from lab.runs.history import History
from lab.spec import RunSpec, changed

STARTED = events.Started("cpu", "mnist", 1000, 100, 100, 10, 10, 5, 100)


def epoch(number: int, train: float, validation: float | None, accuracy: float = 0.9) -> events.EpochDone:
    share = None if validation is None else accuracy - 0.01
    return events.EpochDone(number, number * 10, train, accuracy, validation, share, 0.2, 5e4, 0.001)


def said(what: Sequence[events.Event], name: str = "document-mlp") -> list[str]:
    history = History()
    history.extend([STARTED, *what])
    return [finding.kind for finding in findings(preset(name), history)]


def watched(number: int, train: float, validation: float, accuracy: float, new: float) -> events.EpochDone:
    """An epoch whose validation accuracy is told too."""
    return events.EpochDone(number, number * 10, train, accuracy, validation, new, 0.2, 5e4, 0.001)


def losses(*values: float) -> events.StepsDone:
    return events.StepsDone(len(values), values, 0.001, 5e4, 0.2)


def dead(share: float, step: int = 10) -> events.Snapshot:
    return events.Snapshot(step, (events.LayerState("2 Linear", 0.1, 0.001, 0.0, share),))


def spec_of(**fields: object) -> RunSpec:
    """The document's run with some fields changed: optimizer__lr is optimizer.lr."""
    spec = preset("document-mlp")
    for path, value in fields.items():
        spec = changed(spec, path.replace("__", "."), value)
    return spec


def found(spec: RunSpec, *what: events.Event) -> list[Finding]:
    history = History()
    history.extend([STARTED, *what])
    return findings(spec, history)


def titles(said: list[Finding]) -> list[str]:
    return [step.title for finding in said for step in finding.steps]


def ended(reason: str = "") -> events.Finished:
    return events.Finished(50, 0.6, 0.5, 0.7, 1.0, (), 1.0, (0.2,), 5e4, reason)
