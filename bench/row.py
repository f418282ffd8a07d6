"""One measured claim as a row of the table that `make bench` prints.

Every script of this folder prints such rows to standard output, and what it is doing to standard error.
"""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

HEADER = "| What | Measured | Bar | |\n| --- | --- | --- | --- |"


@dataclass(frozen=True)
class Row:
    """What was measured, the figure in words, the bar it is held against, and whether it holds."""

    what: str
    measured: str
    bar: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        verdict = {True: "holds", False: "**falls short**", None: ""}[self.holds]
        return f"| {self.what} | {self.measured} | {self.bar} | {verdict} |"


def show(rows: Iterable[Row]) -> None:
    """Prints each row as soon as it is there."""
    for row in rows:
        print(row, flush=True)


def median_and_p95(values_ms: list[float]) -> str:
    """Times in words. Units: milliseconds."""
    ordered = sorted(values_ms)
    late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return f"median {statistics.median(ordered):,.0f} ms, 95th percentile {late:,.0f} ms (n = {len(ordered)})"


def machine() -> str:
    """This machine in a line: cores, processor, Python."""

    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as lines:
            name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}, {platform.system()}"
