"""`python -m lab COMMAND`: finds the command's module and hands over.

Owns the table of commands and what every command shares: exit codes and how errors read.
Knows nothing that a command does, and imports only the one that is asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from lab.registry import SpecError, did_you_mean
from lab.texts import said, text
from lab.texts.languages import FALLBACK, ask, of_terminal

BAD_INPUT = 2
INTERRUPTED = 130
UNREAD = 141  # as a shell reports a program whose reader went away

# name -> what the help says; the module is lab.commands.<name with underscores>
COMMANDS = {
    "train": said("commands.train.summary"),
    "predict": said("commands.predict.summary"),
    "by-hand": said("commands.by_hand.summary"),
    "data": said("commands.data.summary"),
}


def overview() -> str:
    """What `python -m lab` prints: the commands, one line each."""
    rows = "\n".join(f"  {name:<9} {summary}" for name, summary in COMMANDS.items())
    return text("commands.overview", rows=rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command: 0 when done, 1 when it failed, 2 when its input cannot be used."""
    ask(of_terminal)
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(overview())
        return 0 if arguments else BAD_INPUT
    name = arguments[0]
    if name not in COMMANDS:
        hint = did_you_mean(name, COMMANDS)
        print(text("commands.unknown", name=name[:80], hint=hint), file=sys.stderr)
        return BAD_INPUT
    command = import_module(f"lab.commands.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog="python -m lab", allow_abbrev=False)
    command.add_parser(parser.add_subparsers(dest="command", required=True))
    try:
        parsed = parser.parse_args(arguments)
        if getattr(parsed, "json", False):  # read by programs, which know one language
            ask(lambda: FALLBACK)
        code = int(command.main(parsed))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head` has seen enough; nothing is left to say, nor to flush at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except (SpecError, OSError) as error:
        print(text("commands.error", problem=_in_words(error)), file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _in_words(error: Exception) -> str:
    """The error without its number: notes.json: no such file or directory."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror[:1].lower()}{error.strerror[1:]}"
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
