"""Which weight files of a run are kept."""

from __future__ import annotations

from pathlib import Path

import torch

from lab.engines.checkpoints import Checkpoints
from lab.events import (
    Checkpoint,
)
from lab.paths import epoch_weights
from lab.runs.run import new_run_id
from tests.support.waiting import SHORT


def test_of_very_many_epochs_those_evenly_apart_and_the_newest_are_kept(home: Path) -> None:
    run_id = new_run_id()
    checkpoints = Checkpoints(home, run_id, SHORT)
    for epoch in range(1, 131):
        checkpoints.write(
            Checkpoint(
                step=epoch,
                epoch=epoch,
                epoch_end=epoch,
                state={"a": torch.ones(1)},
                weights={"a": torch.ones(1)},
            )
        )
    kept = [epoch for epoch in range(1, 131) if epoch_weights(home, run_id, epoch).exists()]
    assert kept == [*range(4, 129, 4), 130]
