"""`python -m lab train`: the page's training without a page, through the same runner and store.

Owns the options and how a run is followed. The run is kept like any other and can be watched in the browser.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.commands.train_report import JsonLines, Report, Words
from lab.data import available
from lab.events import Event, Finished, is_end
from lab.paths import lab_home
from lab.presets import PRESETS, preset
from lab.registry import FieldError, SpecError
from lab.runner.process import ensure_runner, runner_problem
from lab.runs.store import Store
from lab.runs.wording import data_stand_in
from lab.spec import MAX_TEXT_BYTES, RunSpec, changed, parse_spec
from lab.texts import said, text

DONE, FAILED, INTERRUPTED = 0, 1, 130
DEFAULT_PRESET = "document-mlp"
LOOK_S = 0.02
LOOK_AROUND_S = 1.0


def add_parser(subparsers: Any) -> None:
    """The command's options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train",
        description=text("commands.train.description"),
        epilog=text("commands.train.examples"),
    )
    parser.add_argument("spec", nargs="?", metavar="SPEC.json", help=text("commands.train.spec"))
    parser.add_argument(
        "--preset",
        metavar="NAME",
        help=text("commands.train.preset", names=", ".join(PRESETS), default=DEFAULT_PRESET),
    )
    parser.add_argument("--epochs", type=int, metavar="N", help=text("commands.train.epochs"))
    parser.add_argument("--seed", type=int, metavar="N", help=text("commands.train.seed"))
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help=text("commands.train.set", example="optimizer.lr=0.01"),
    )
    parser.add_argument("--title", default="", help=text("commands.train.title"))
    parser.add_argument("--json", action="store_true", help=text("commands.train.json"))


def main(args: argparse.Namespace) -> int:
    """Trains; 0 when the run has finished, 1 when it failed or was stopped, 130 when it was interrupted.

    Raises: SpecError, OSError.
    """
    spec = chosen_spec(args)
    if args.title:
        spec = changed(spec, "title", args.title)
    home = lab_home()
    _, stand_in = available(spec.data.dataset, home)
    store = Store(home)
    ensure_runner(home)  # loads torch while this process does, which takes as long
    from lab.training.budget import admit_here

    admit_here(spec, home)
    report: Report = JsonLines() if args.json else Words()
    if stand_in:
        report.say(data_stand_in(stand_in))
    run_id = store.submit(spec)
    try:
        return _follow(store, run_id, report)
    finally:
        store.close()


def chosen_spec(args: argparse.Namespace) -> RunSpec:
    """The configuration that the options describe.

    Raises: SpecError, OSError.
    """
    if args.spec is not None and args.preset is not None:
        raise SpecError([FieldError("", args.preset, said("commands.train.spec_or_preset"))])
    wanted = DEFAULT_PRESET if args.preset is None else args.preset
    spec = preset(wanted) if args.spec is None else parse_spec(_content(args.spec))
    for field in ("epochs", "seed"):
        if getattr(args, field) is not None:
            spec = changed(spec, field, getattr(args, field))
    for assignment in args.set:
        spec = _with(spec, assignment)
    return spec


def _content(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
    with Path(path).open("rb") as stream:
        return stream.read(MAX_TEXT_BYTES + 1)


def _with(spec: RunSpec, assignment: str) -> RunSpec:
    """The spec after one FIELD=VALUE; a bare word where a part stands (`optimizer=adam`) names its kind."""
    path, equals, given = assignment.partition("=")
    if not equals or not path:
        raise SpecError(
            [FieldError("--set", assignment, said("commands.train.no_assignment", value=assignment[:80]))]
        )
    try:
        value = json.loads(given)
    except (ValueError, RecursionError):
        value = given
    if isinstance(value, str):
        try:
            return changed(spec, f"{path}.kind", value)
        except SpecError as error:
            if not error.errors[0].of_unknown_key:
                raise
    return changed(spec, path, value)


def _follow(store: Store, run_id: str, report: Report) -> int:
    """Report what happens until the run has ended; Ctrl-C stops it, a second one no longer waits for that."""
    interrupted = False
    events = _Events(store, run_id)
    report.begin(run_id)
    while True:
        try:
            for event in events:
                report(event)
                if isinstance(event, Finished):
                    return DONE
                if is_end(event):
                    return INTERRUPTED if interrupted else FAILED
            report.say(text("commands.train.deleted"))
            return FAILED
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            report.say(text("commands.train.stopping"))
            store.want(run_id, "stop")


class _Events:
    """What happens in a run, as it happens, from where the last reading ended; over when it is deleted."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._seen = 0
        self._looked = time.monotonic()

    def __iter__(self) -> Iterator[Event]:
        """Raises: ChildProcessError, when there is no runner and none can be started."""
        while self._store.run(self._run_id) is not None:
            for seq, event in self._store.events(self._run_id, self._seen):
                self._seen = seq
                yield event
            time.sleep(LOOK_S)
            if time.monotonic() > self._looked + LOOK_AROUND_S:
                self._looked = time.monotonic()
                ensure_runner(self._store.home)
                if problem := runner_problem(self._store.home):
                    self._store.want(self._run_id, "stop")
                    raise ChildProcessError(problem)
