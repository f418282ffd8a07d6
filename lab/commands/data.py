"""`python -m lab data`: which data sets are on this machine, and getting the one that is not.

Owns what is printed. Finding, checking and fetching belong to `lab.data`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lab.data import DATASETS, available, fetch
from lab.paths import lab_home
from lab.runs.wording import data_stand_in

BAR_WIDTH = 30


def add_parser(subparsers: Any) -> None:
    """The command's options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "data", description="Shows which data sets there are; with --fetch, downloads MNIST if it is missing."
    )
    parser.add_argument(
        "--fetch", action="store_true", help="download MNIST through torchvision if it is missing"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object; while fetching, JSON lines with the share to stderr",
    )


def main(args: argparse.Namespace) -> int:
    """Prints the data sets; 1 when MNIST was asked for and could not be had."""
    home = lab_home()
    progress = _json_progress if args.json else _Progress()
    problem = fetch("mnist", home, progress) if args.fetch else ""
    rows = [_row(name, home) for name in DATASETS]
    if args.json:
        print(json.dumps({"home": str(home), "data": rows, "problem": problem}))
    else:
        print(f"Data folder: {home}")
        for row in rows:
            print(f"  {row['title']:<15} {row['train']:>6,} + {row['test']:>6,} images   {_state(row)}")
        stand_in = available("mnist", home)[1]
        notice = data_stand_in(stand_in) if stand_in else ""
        if problem or notice:
            print("\n".join(line for line in (problem, notice) if line), file=sys.stderr)
    return 1 if problem else 0


def _row(name: str, home: Path) -> dict[str, Any]:
    entry = DATASETS[name]
    missing = entry.missing(home)
    train, test = entry.sizes
    return {"name": name, "title": entry.title, "train": train, "test": test, "ready": not missing}


def _state(row: dict[str, Any]) -> str:
    return "ready" if row["ready"] else "missing"


def _json_progress(what: str, share: float) -> None:
    """A line for whatever program draws the bar."""
    print(json.dumps({"fetching": "mnist", "share": share}), file=sys.stderr, flush=True)


class _Progress:
    """Draws a bar on a terminal; elsewhere, prints a line for each quarter."""

    def __init__(self) -> None:
        self.shown = -1

    def __call__(self, what: str, share: float) -> None:
        if sys.stderr.isatty():
            filled = round(share * BAR_WIDTH)
            bar = "#" * filled + "." * (BAR_WIDTH - filled)
            end = "\n" if share >= 1 else ""
            print(f"\rFetching MNIST [{bar}] {share:4.0%}", end=end, file=sys.stderr, flush=True)
        elif int(share * 4) > self.shown:
            self.shown = int(share * 4)
            print(f"Fetching MNIST: {share:.0%}", file=sys.stderr, flush=True)
