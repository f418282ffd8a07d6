"""Parts made by the name of their kind, as a test that goes through a whole table needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.registry import Part


def part(table: Mapping[str, type[Part]], kind: str, **fields: Any) -> Any:
    """The part of this kind with these fields; which class it is, only the table knows."""
    return table[kind](kind=kind, **fields)
