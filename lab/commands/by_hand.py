"""`python -m lab by-hand`: the full trace of a small network, for worksheets and homework.

Owns the options and which form is printed. The arithmetic and the forms belong to `lab.by_hand`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.example_file import LARGEST_FILE, read_example
from lab.by_hand.exports import trace_json, trace_markdown, trace_text
from lab.by_hand.lesson import DETAILS, lesson
from lab.by_hand.offered import LR, RULES
from lab.by_hand.tracer import trace
from lab.by_hand.update import HandOptimizer, start
from lab.registry import FieldError, SpecError
from lab.texts import text

_KEYS = '{"x", "y", "W1", "b1", "W2", "b2", "hidden", "output", "loss"}'


def add_parser(subparsers: Any) -> None:
    """The command's options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "by-hand", description=text("commands.by_hand.description", keys=_KEYS)
    )
    parser.add_argument("--spec", metavar="FILE", help=text("commands.by_hand.spec"))
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=text("commands.by_hand.json"))
    form.add_argument("--markdown", action="store_true", help=text("commands.by_hand.markdown"))
    parser.add_argument(
        "--detail", choices=tuple(DETAILS), default="unit", help=text("commands.by_hand.detail")
    )
    parser.add_argument(
        "--optimizer", choices=tuple(RULES), default="sgd", help=text("commands.by_hand.optimizer")
    )
    parser.add_argument(
        "--lr", type=float, default=LR.default, help=text("commands.by_hand.lr", bounds=LR.bounds)
    )


def main(args: argparse.Namespace) -> int:
    """Prints the trace; 2 when the file cannot be used."""
    try:
        example = _example(args.spec)
        if not LR.bounds.allow(args.lr):
            message = text("by_hand.setting.out_of_bounds", value=args.lr, bounds=LR.bounds)
            raise SpecError([FieldError("lr", str(args.lr), message)])
    except SpecError as error:
        return _refused("; ".join(map(str, error.errors[:5])), args.spec)
    if args.json:
        print(json.dumps(trace_json(trace(example)), allow_nan=False))
        return 0
    optimizer = HandOptimizer(args.optimizer, args.lr)
    told = lesson(start(example), optimizer, args.detail)
    print(trace_markdown(told, optimizer) if args.markdown else trace_text(told), end="")
    return 0


def _refused(problem: str, file: str | None) -> int:
    if file:
        problem = text("commands.by_hand.in_file", file=file, problem=problem)
    print(text("commands.error", problem=problem), file=sys.stderr)
    return 2


def _example(name: str | None) -> Example:
    if name is None:
        return DOCUMENT
    if name == "-":
        return read_example(sys.stdin.read(LARGEST_FILE + 1))
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            return read_example(file.read(LARGEST_FILE + 1))
    except UnicodeDecodeError:
        raise SpecError([FieldError("", name, text("commands.by_hand.no_text"))]) from None
    except OSError as error:
        message = text("commands.by_hand.unreadable", reason=error.strerror)
        raise SpecError([FieldError("", name, message)]) from None
