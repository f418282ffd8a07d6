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
from lab.texts import speaking, text
from lab.texts.languages import FALLBACK

BAR_WIDTH = 30


def add_parser(subparsers: Any) -> None:
    """The command's options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "data", description=text("commands.data.description")
    )
    parser.add_argument("--fetch", action="store_true", help=text("commands.data.fetch"))
    parser.add_argument("--json", action="store_true", help=text("commands.data.json"))


def main(args: argparse.Namespace) -> int:
    """Prints the data sets; 1 when MNIST was asked for and could not be had."""
    home = lab_home()
    progress = _json_progress if args.json else _Progress()
    problem = fetch("mnist", home, progress) if args.fetch else ""
    rows = [_row(name, home) for name in DATASETS]
    if args.json:
        with speaking(FALLBACK):  # for programs
            print(json.dumps({"home": str(home), "data": rows, "problem": problem}, default=str))
    else:
        print(text("commands.data.folder", home=home))
        for row in rows:
            print(f"  {_line(row)}")
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


def _line(row: dict[str, Any]) -> str:
    title, train, test = f"{row['title']!s:<15}", f"{row['train']:>6,}", f"{row['test']:>6,}"
    if row["ready"]:
        return text("commands.data.ready", title=title, train=train, test=test)
    return text("commands.data.missing", title=title, train=train, test=test)


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
            line = text("commands.data.bar", bar=bar, share=f"{share:4.0%}")
            print(f"\r{line}", end=end, file=sys.stderr, flush=True)
        elif int(share * 4) > self.shown:
            self.shown = int(share * 4)
            print(text("commands.data.progress", share=share), file=sys.stderr, flush=True)
