"""Where things lie: the lab's data folder, and inside it the files of each run.

Owns the paths; opens no file and knows nothing of what is in them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs

from lab.texts import text

RUN_ID = re.compile(r"[a-z]{3,8}-[a-z]{3,8}-[a-z2-7]{6}")


class HomeError(OSError):
    """The data folder cannot be used."""


def lab_home() -> Path:
    """The folder that holds all the lab keeps: LAB_HOME, or the platform's user data folder.

    Raises: HomeError, when it cannot be made or written.
    """
    named = os.environ.get("LAB_HOME", "").strip()
    home = Path(named).expanduser() if named else platformdirs.user_data_path("layer-lab", appauthor=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(text("registry.home.no_folder", home=home, reason=error.strerror)) from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise HomeError(text("registry.home.not_writable", home=home))
    return home.resolve()


def is_run_id(given: object) -> bool:
    """Whether what is given, by a link say, has the form of a run's id."""
    return isinstance(given, str) and RUN_ID.fullmatch(given) is not None


def run_folder(home: Path, run_id: str) -> Path:
    """The folder of one run's files; the id's form is checked before it becomes a path.

    Raises: ValueError.
    """
    if not is_run_id(run_id):
        raise ValueError(text("registry.no_run_id", id=str(run_id)[:60]))
    return home / "runs" / run_id


def latest_weights(home: Path, run_id: str) -> Path:
    """The model's weights as they are now, refreshed while the run lives."""
    return run_folder(home, run_id) / "latest.safetensors"


def epoch_weights(home: Path, run_id: str, epoch: int) -> Path:
    """The model's weights at the end of an epoch, counted from 1."""
    return run_folder(home, run_id) / f"epoch-{epoch:03d}.safetensors"


def checkpoint_file(home: Path, run_id: str) -> Path:
    """All that is needed to go on exactly where the run stood."""
    return run_folder(home, run_id) / "checkpoint.safetensors"
