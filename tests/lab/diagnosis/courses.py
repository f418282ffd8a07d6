"""Courses of runs as training tells them, and what is found in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lab import events
from lab.diagnosis import Finding, findings
from lab.presets import preset
from lab.runs.history import History
from lab.spec import RunSpec, changed

STARTED = events.Started(
    device="cpu",
    dataset="mnist",
    train_samples=1000,
    validation_samples=100,
    test_samples=100,
    parameters=10,
    steps_per_epoch=10,
    epochs=5,
    batch_size=100,
)
DIVERGED = events.Diverged(
    loss="nan", before=2.5, learning_rate=0.1, base_rate=0.1, try_rate=0.01, try_clipping=True
)


def epoch(number: int, train: float, validation: float | None, accuracy: float = 0.9) -> events.EpochDone:
    share = None if validation is None else accuracy - 0.01
    return events.EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=train,
        train_accuracy=accuracy,
        validation_loss=validation,
        validation_accuracy=share,
        epoch_s=0.2,
        samples_per_s=5e4,
        learning_rate=0.001,
    )


def said(what: Sequence[events.Event], name: str = "document-mlp") -> list[str]:
    history = History()
    history.extend([STARTED, *what])
    return [finding.kind for finding in findings(preset(name), history)]


def watched(number: int, train: float, validation: float, accuracy: float, new: float) -> events.EpochDone:
    """An epoch whose validation accuracy is told too."""
    return events.EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=train,
        train_accuracy=accuracy,
        validation_loss=validation,
        validation_accuracy=new,
        epoch_s=0.2,
        samples_per_s=5e4,
        learning_rate=0.001,
    )


def losses(*values: float) -> events.StepsDone:
    return events.StepsDone(
        step=len(values), losses=values, learning_rate=0.001, samples_per_s=5e4, elapsed_s=0.2
    )


def dead(share: float, step: int = 10) -> events.Snapshot:
    return events.Snapshot(
        step=step,
        layers=(
            events.LayerState(
                name="2 Linear", gradient_norm=0.1, update_ratio=0.001, mean_activation=0.0, dead_share=share
            ),
        ),
    )


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


def ended(by: Literal["epochs", "patience"] = "epochs") -> events.Finished:
    return events.Finished(
        step=50,
        test_accuracy=0.6,
        test_low=0.5,
        test_high=0.7,
        test_loss=1.0,
        confusion=(),
        elapsed_s=1.0,
        epoch_s=(0.2,),
        samples_per_s=5e4,
        ended_by=by,
        best_epoch=1,
        patience=1,
    )
