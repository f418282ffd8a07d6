"""A run as a value: its id, what it is asked, and how it stands.

Owns the words for wants and states. Knows no file and no process.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Literal

from lab.events import Cause
from lab.runs.coarse_curve import coarse_curve_from_json
from lab.runs.sentences import failure_of
from lab.spec import RunSpec, parse_spec

RunState = Literal["queued", "running", "paused", "interrupted", "finished", "stopped", "failed"]
Want = Literal["run", "pause", "stop"]

ACTIVE: tuple[RunState, ...] = ("queued", "running", "paused", "interrupted")
ACTIVE_SQL = f"({', '.join(map(repr, ACTIVE))})"
WANTS: tuple[Want, ...] = ("run", "pause", "stop")
DELETE = "delete"  # wanted of a run that is still active; it is hidden at once and dropped by the runner

# A run's id: two words to say aloud, and 30 bits so that nobody comes across another's run.
_COLOURS = (
    "amber", "azure", "beige", "black", "blue", "brass", "bronze", "brown", "copper", "coral", "cyan",
    "dark", "fawn", "golden", "green", "grey", "indigo", "ivory", "jade", "lilac", "lime", "maroon",
    "mauve", "ochre", "olive", "pale", "pearl", "pink", "plum", "purple", "ruby", "russet", "rust", "sable",
    "saffron", "scarlet", "sepia", "silver", "tawny", "teal", "umber", "violet", "white", "yellow",
)  # fmt: skip
_BIRDS = (
    "avocet", "bittern", "crane", "crow", "cuckoo", "curlew", "dipper", "dove", "dunlin", "eagle", "egret",
    "eider", "falcon", "finch", "gannet", "goose", "grebe", "gull", "harrier", "hawk", "heron", "hobby",
    "hoopoe", "ibis", "jackdaw", "kestrel", "kite", "knot", "lark", "linnet", "magpie", "martin", "merlin",
    "osprey", "owl", "pelican", "pipit", "plover", "puffin", "raven", "robin", "rook", "ruff", "shrike",
    "siskin", "smew", "snipe", "stilt", "stork", "swan", "swift", "tern", "thrush", "wigeon", "wren",
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run as it stands: what was asked, what is, and the figures a list of runs shows.

    `accuracy` is the last one known while it trains (validation, else training), a share of 1.
    `curve` is the loss at up to 64 moments, `curve_stride` steps apart; `cause` says why it failed.
    """

    id: str
    owner: str
    title: str
    spec_json: str
    want: str
    state: RunState
    cause: Cause | None
    created_at: float
    ended_at: float | None
    epoch: int
    epochs: int
    step: int
    steps: int
    accuracy: float | None
    test_accuracy: float | None
    curve: tuple[float, ...]
    curve_stride: int

    @property
    def spec(self) -> RunSpec:
        """The configuration of the run."""
        return parse_spec(self.spec_json)

    @property
    def is_active(self) -> bool:
        """Whether more may happen by itself or on a press of a button."""
        return self.state in ACTIVE


def new_run_id() -> str:
    """An id that can be read aloud and cannot be guessed."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return f"{secrets.choice(_COLOURS)}-{secrets.choice(_BIRDS)}-{letters}"


def run_of(row: sqlite3.Row) -> Run:
    """The run that a row of the table holds."""
    curve = coarse_curve_from_json(row["curve"])
    same = {name: row[name] for name in set(row.keys()) & set(Run.__dataclass_fields__)}
    cause = failure_of(row["reason"]) if row["state"] == "failed" and row["reason"] else None
    made = {
        "curve": tuple(curve.points),
        "curve_stride": curve.stride,
        "spec_json": row["spec"],
        "cause": cause,
    }
    return Run(**{**same, **made})
