"""How numbers are written and read where a person does arithmetic by hand.

Owns four significant digits, the missing "-0.0", and the largest number. Knows no network.
"""

from __future__ import annotations

import math

from lab.numerals import numeral
from lab.registry import FieldError, SpecError
from lab.texts import said, text

LARGEST = 1e6
_BOUNDS = {"low": f"{-LARGEST:.0f}", "high": f"{LARGEST:.0f}"}  # as read_number reads them
UNKNOWN = said("by_hand.digits.undefined")


def tidy(value: float) -> float:
    """The same number without a negative zero."""
    return value + 0.0


def four(value: float | None) -> str:
    """The number with four significant digits, as a person would write it."""
    if value is None:
        return str(UNKNOWN)
    if value == 0:
        return "0"
    written = f"{value:.4g}"
    if "e" not in written:
        return written
    mantissa, exponent = written.split("e")
    return f"{mantissa}e{int(exponent)}"


def full(value: float | None) -> str:
    """The number with every digit that float64 holds."""
    return str(UNKNOWN) if value is None else repr(tidy(value))


def tex(value: float | None) -> str:
    """The number in LaTeX, with four significant digits."""
    if value is None:
        return rf"\text{{{UNKNOWN}}}"
    written = four(value)
    if "e" not in written:
        return written
    mantissa, exponent = written.split("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}"


def factor(value: float | None) -> str:
    """The number in LaTeX as a factor of a product: negative ones stand in brackets."""
    written = tex(value)
    return f"({written})" if written.startswith("-") else written


def not_allowed(value: object) -> str:
    """What is said of a value that is no number of this arithmetic."""
    return text("by_hand.digits.not_allowed", value=value, **_BOUNDS)


def read_number(typed: object, where: str) -> float:
    """The number that a person typed, within the bounds of this arithmetic.

    Raises: SpecError, naming the place, the text and what is allowed.
    """
    try:
        value = numeral(str(typed))
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:  # NaN compares as false
        shown = str(typed)[:40]
        message = text("by_hand.digits.no_number", value=shown, **_BOUNDS)
        raise SpecError([FieldError(where, shown, message)])
    return tidy(value)
