"""How numbers are written and read where a person does arithmetic by hand.

Owns four significant digits, the missing "-0.0", and the largest number. Knows no network.
"""

from __future__ import annotations

import math

from lab.numerals import numeral
from lab.registry import FieldError, SpecError

LARGEST = 1e6
ALLOWED = "a number from -1000000 to 1000000"
UNKNOWN = "undefined"


def tidy(value: float) -> float:
    """The same number without a negative zero."""
    return value + 0.0


def four(value: float | None) -> str:
    """The number with four significant digits, as a person would write it."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "0"
    text = f"{value:.4g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}"


def full(value: float | None) -> str:
    """The number with every digit that float64 holds."""
    return UNKNOWN if value is None else repr(tidy(value))


def tex(value: float | None) -> str:
    """The number in LaTeX, with four significant digits."""
    if value is None:
        return r"\text{undefined}"
    text = four(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return rf"{mantissa} \cdot 10^{{{exponent}}}"


def factor(value: float | None) -> str:
    """The number in LaTeX as a factor of a product: negative ones stand in brackets."""
    written = tex(value)
    return f"({written})" if written.startswith("-") else written


def read_number(text: object, where: str) -> float:
    """The number that a person typed, within the bounds of this arithmetic.

    Raises: SpecError, naming the place, the text and what is allowed.
    """
    try:
        value = numeral(str(text))
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:  # NaN compares as false
        shown = repr(str(text)[:40])
        raise SpecError([FieldError(where, shown, f"{shown} is not allowed; write {ALLOWED}")])
    return tidy(value)
