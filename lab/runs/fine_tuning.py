"""A run that goes on from another one's weights, as a value.

Owns what is changed for it. Knows no weights and no torch.
"""

from __future__ import annotations

from lab.parts.initialisations import FromRun
from lab.presets import title_said
from lab.runs.run import Run
from lab.spec import RunSpec, changed
from lab.texts import text


def fine_tuned(run: Run) -> RunSpec:
    """A run that goes on from this one's weights, at a tenth of its learning rate."""
    lr = float(f"{run.spec.train.optimizer.lr / 10:.2g}")
    spec = changed(run.spec, "network.initialisation", FromRun(run=run.id).model_dump())
    spec = changed(spec, "train.optimizer.lr", lr)
    return changed(spec, "title", text("runs.fine_tuned", title=title_said(run.title or run.id))[:80])
