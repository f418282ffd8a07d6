"""Words that pages, commands and library share."""

from __future__ import annotations


def counted(number: int, word: str) -> str:
    """The number with its word: 1 parameter, 200,960 parameters."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def shown(value: float | None) -> str:
    """A number as people write it: 16,384, 0.001, 1e-08."""
    if value is None:
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return repr(float(value))


def range_words(
    minimum: float | None, maximum: float | None, above: float | None, below: float | None
) -> str:
    """The allowed values, or nothing where every value is allowed; `above` and `below` are open ends."""
    if minimum is not None and maximum is not None:
        return f"{shown(minimum)} to {shown(maximum)}"
    ends = [
        f"at least {shown(minimum)}" if minimum is not None else "",
        f"above {shown(above)}" if above is not None else "",
        f"at most {shown(maximum)}" if maximum is not None else "",
        f"below {shown(below)}" if below is not None else "",
    ]
    return " and ".join(end for end in ends if end)
