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

BAD_INPUT = 2
INTERRUPTED = 130
UNREAD = 141  # as a shell reports a program whose reader went away

# name -> what the help says; the module is lab.commands.<name with underscores>
COMMANDS = {
    "train": "train a network and keep it as a run",
    "predict": "say which digit a picture or a pen drawing shows",
    "by-hand": "print every forward and backward number of a small network",
    "data": "show which data there is, or fetch MNIST",
}


def overview() -> str:
    """What `python -m lab` prints: the commands, one line each."""
    rows = "\n".join(f"  {name:<9} {summary}" for name, summary in COMMANDS.items())
    return f"usage: python -m lab COMMAND [...]\n\n{rows}\n\npython -m lab COMMAND --help says more."


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command: 0 when done, 1 when it failed, 2 when its input cannot be used."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(overview())
        return 0 if arguments else BAD_INPUT
    name = arguments[0]
    if name not in COMMANDS:
        print(f"unknown command {name[:80]!r}; {did_you_mean(name, COMMANDS)}", file=sys.stderr)
        return BAD_INPUT
    command = import_module(f"lab.commands.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog="python -m lab", allow_abbrev=False)
    command.add_parser(parser.add_subparsers(dest="command", required=True))
    try:
        code = int(command.main(parser.parse_args(arguments)))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head` has seen enough; nothing is left to say, nor to flush at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except (SpecError, OSError) as error:
        print(f"error: {_in_words(error)}", file=sys.stderr)
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
