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

_KEYS = '{"x", "y", "W1", "b1", "W2", "b2", "hidden", "output", "loss"}'


def add_parser(subparsers: Any) -> None:
    """The command's options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "by-hand",
        description="Prints every forward and backward number of a small network: the document's 3-4-2 "
        f"example, or one of a JSON file with the keys {_KEYS} (each optional; more layers as W3, b3).",
    )
    parser.add_argument("--spec", metavar="FILE", help="a JSON file; - reads standard input")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help="print one JSON object, with autograd and differences"
    )
    form.add_argument("--markdown", action="store_true", help="print Markdown with LaTeX formulas")
    parser.add_argument("--detail", choices=tuple(DETAILS), default="unit", help="how fine the steps are")
    parser.add_argument(
        "--optimizer", choices=tuple(RULES), default="sgd", help="what updates the parameters"
    )
    parser.add_argument("--lr", type=float, default=LR.default, help=f"learning rate ({LR.bounds})")


def main(args: argparse.Namespace) -> int:
    """Prints the trace; 2 when the file cannot be used."""
    try:
        example = _example(args.spec)
        if not LR.bounds.allow(args.lr):
            raise SpecError([FieldError("lr", str(args.lr), f"{args.lr} is not allowed: {LR.bounds}")])
    except SpecError as error:
        where = f"{args.spec}: " if args.spec else ""
        print(f"error: {where}{'; '.join(map(str, error.errors[:5]))}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(trace_json(trace(example)), allow_nan=False))
        return 0
    optimizer = HandOptimizer(args.optimizer, args.lr)
    told = lesson(start(example), optimizer, args.detail)
    print(trace_markdown(told, optimizer) if args.markdown else trace_text(told), end="")
    return 0


def _example(name: str | None) -> Example:
    if name is None:
        return DOCUMENT
    if name == "-":
        return read_example(sys.stdin.read(LARGEST_FILE + 1))
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            return read_example(file.read(LARGEST_FILE + 1))
    except UnicodeDecodeError:
        raise SpecError([FieldError("", name, "this is no text in UTF-8; write a JSON file")]) from None
    except OSError as error:
        raise SpecError([FieldError("", name, f"cannot be read: {error.strerror}")]) from None
