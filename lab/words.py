"""Words that pages, commands and library share."""

from __future__ import annotations


def counted(number: int, word: str) -> str:
    """The number with its word: 1 parameter, 200,960 parameters."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")
