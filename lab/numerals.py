"""The one reader of numbers that a person typed.

Owns how a number may be written: decimals, exponents, fractions, the minus sign, digits of any script, and thousands
where they cannot be mistaken. Knows no bounds, no field and no page.
"""

from __future__ import annotations

import re
from fractions import Fraction

LONGEST = 100
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_FRACTION = re.compile(r"\s*([+-]?\d+)\s*/\s*([+-]?\d+)\s*")


def numeral(text: str, *, thousands: bool = False) -> float:
    """The number that a text means; it may be infinite or no number where that is what the text says.

    `thousands` takes 16,384 as one number: for whole numbers and where the lab itself writes them so, since elsewhere
    a comma may be meant as a decimal point.
    Raises: ValueError, for what is no number.
    """
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    if len(written) > LONGEST:
        raise ValueError(written[:LONGEST])
    if thousands and _THOUSANDS.fullmatch(written):
        written = written.replace(",", "")
    if fraction := _FRACTION.fullmatch(written):
        try:
            return float(Fraction(int(fraction[1]), int(fraction[2])))
        except ArithmeticError:
            raise ValueError(written) from None
    return float(written)
