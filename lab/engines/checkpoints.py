"""The weight files of one run while it lives: the latest, one for each epoch, and the checkpoint.

Owns when they are written and how many are kept. Knows no process and no event but `Checkpoint`.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

from lab.events import Checkpoint
from lab.files import write_beside
from lab.network import weights
from lab.paths import checkpoint_file, epoch_weights, latest_weights

WRITING_SHARE = 0.02  # of the time at most: a large network is written more rarely
EPOCHS_KEPT = 64


class Checkpoints:
    """Writes what each checkpoint of a run holds."""

    def __init__(self, home: Path, run_id: str, spec_json: str) -> None:
        self._home, self._run_id, self._spec_json = home, run_id, spec_json
        self._not_before = 0.0

    def write(self, checkpoint: Checkpoint, always: bool = False) -> bool:
        """Write the files; False if it was left out because the last one is too young for its size.

        Raises: OSError, with the earlier files untouched.
        """
        begun = time.monotonic()
        if begun < self._not_before and not checkpoint.epoch_end and not always:
            return False
        metadata = {
            "spec": self._spec_json,
            "epoch": str(checkpoint.epoch),
            "step": str(checkpoint.step),
        }
        # The model first: it is what pages wait for, and a checkpoint never is older than it.
        model = weights.dumps(checkpoint.weights, metadata)
        write_beside(latest_weights(self._home, self._run_id), model)
        if checkpoint.epoch_end:
            write_beside(epoch_weights(self._home, self._run_id, checkpoint.epoch_end), model)
            self._thin_epochs(checkpoint.epoch_end)
        del model  # before as much is needed again
        weights.save(checkpoint_file(self._home, self._run_id), checkpoint.state, metadata)
        now = time.monotonic()
        self._not_before = now + (now - begun) / WRITING_SHARE
        return True

    def last(self) -> Checkpoint | None:
        """The last checkpoint; None if there is none that can be read."""
        path = checkpoint_file(self._home, self._run_id)
        try:
            state, metadata = weights.load(path, weights.MAX_CHECKPOINT_BYTES)
            return Checkpoint(step=int(metadata["step"]), epoch=int(metadata["epoch"]), state=state)
        except FileNotFoundError:
            return None
        except (weights.WeightsError, KeyError) as error:
            logging.getLogger(__name__).warning("%s: starting again from the first step", error)
            return None

    def _thin_epochs(self, newest: int) -> None:
        """Of very many epochs, keep those evenly apart, and the newest."""
        apart = 1
        while newest // apart > EPOCHS_KEPT:
            apart *= 2
        if apart > 1:
            for epoch in range(1, newest):
                if epoch % apart:
                    epoch_weights(self._home, self._run_id, epoch).unlink(missing_ok=True)
