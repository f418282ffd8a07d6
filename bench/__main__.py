"""`python -m bench [NAME...]`: runs the measurements one after the other and prints one table.

Owns the order. Each script stands alone too: `python -m bench.startup`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.row import HEADER, machine

HERE = Path(__file__).parent
# What makes a script of this folder a measurement: it prints rows of the table.
SIGN = "from bench.row import"


def scripts() -> list[str]:
    """The names of all measurements."""
    others = HERE.glob("[!_]*.py")
    return sorted(path.stem for path in others if SIGN in path.read_text(encoding="utf-8"))


def main(chosen: list[str]) -> int:
    """Runs the chosen measurements, or all; 1 when one of them failed."""
    unknown = [name for name in chosen if name not in scripts()]
    if unknown:
        print(f"unknown measurement {unknown[0]!r}; there are {', '.join(scripts())}", file=sys.stderr)
        return 2
    print(f"{machine()}\n\n{HEADER}", flush=True)
    failed = []
    for name in chosen or scripts():
        print(f"measuring {name}", file=sys.stderr, flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent).returncode:
            failed.append(name)
    for name in failed:
        print(f"the measurement {name!r} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
