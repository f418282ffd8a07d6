"""How values are written: numbers, shares, durations, sizes, shapes, lists and nouns by their number, each one rule.

Owns the forms that a sentence may name. Knows no sentence but those of units and sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lab.texts.languages import TAGS, language

_PLURALS = {"en": ("one", "other"), "zh": ("other",)}
_BETWEEN = {"en": " ", "zh": ""}  # two sentences
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = (
    (_DAY, _HOUR, "units.days_hours", "units.days"),
    (_HOUR, _MINUTE, "units.hours_minutes", "units.hours"),
    (_MINUTE, 1, "units.minutes_seconds", "units.minutes"),
)


def _locale() -> Any:
    from babel import Locale  # loads its data, some 30 ms for the first text that needs it

    return Locale.parse(TAGS[language()], sep="-")


def number(value: float | None) -> str:
    """A number as people write it: 16,384, 0.001, 1e-08."""
    if value is None:
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return repr(float(value))


def rounded(value: float) -> str:
    """A measured number to three digits that count: 0.0123, 1.46, 1,230."""
    return number(float(f"{value:.3g}"))


def percent(share: float) -> str:
    """A share of one to a tenth of a per cent: 97.1%."""
    return f"{share:.1%}"


def whole_percent(share: float) -> str:
    """A share of one as a whole per cent: 97%."""
    return f"{share:.0%}"


def fine_percent(share: float) -> str:
    """A share of one to a hundredth of a per cent: 97.13%."""
    return f"{share:.2%}"


def duration(seconds: float) -> str:
    """A time as its two largest units: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h."""
    from lab.texts.catalogue import text

    if seconds < 10:
        return text("units.seconds", n=f"{max(seconds, 0):.1f}".removesuffix(".0"))
    whole = round(seconds)
    for large, small, both, alone in _UNITS:
        if whole >= large:
            count, rest = divmod(whole, large)
            return text(both, n=count, m=rest // small) if rest // small else text(alone, n=count)
    return text("units.seconds", n=whole)


def size(count: float) -> str:
    """Bytes in decimal units: 12 kB, 3.4 MB, 1.2 GB."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} B"


def flops(count: float) -> str:
    """Floating-point operations to three digits: 401 kFLOP, 2.4 MFLOP."""
    for unit, factor in (("TFLOP", 1e12), ("GFLOP", 1e9), ("MFLOP", 1e6), ("kFLOP", 1e3)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} FLOP"


def shape(lengths: Iterable[int]) -> str:
    """A shape with the multiplication sign: 1 × 28 × 28."""
    return " × ".join(f"{length:,}" for length in lengths)


def listed(items: Iterable[object]) -> str:
    """A list as it is said: a, b and c."""
    from babel.lists import format_list

    return str(format_list([str(item) for item in items], locale=_locale())).replace(", and ", " and ")


def either(items: Iterable[object]) -> str:
    """A choice as it is said: a, b or c."""
    from babel.lists import format_list

    return str(format_list([str(item) for item in items], style="or", locale=_locale())).replace(
        ", or ", " or "
    )


def sentence(words: object) -> str:
    """What began in the middle of a sentence as one of its own: with a capital, where the script has them."""
    spoken = str(words)
    return spoken[:1].upper() + spoken[1:]


def in_a_row(sentences: Iterable[object]) -> str:
    """Whole sentences one after another, with a space between them where the language has one."""
    return _BETWEEN[language()].join(map(str, sentences))


def noun(count: float, forms: Sequence[str]) -> str:
    """The form of a noun that goes with the number; forms stand in the order of the language's plurals."""
    return forms[min(_PLURALS[language()].index(_locale().plural_form(count)), len(forms) - 1)]


_SECTIONS = re.compile(r"Document, sections? (\d[\d.]*)(?: and (\d[\d.]*))?")


def source(reference: str) -> str:
    """Where something comes from: a publication as it is cited, a section of the document in words."""
    return _SECTIONS.sub(_sections, reference)


def _sections(found: re.Match[str]) -> str:
    from lab.texts.catalogue import text

    first, second = found.groups()
    if second is None:
        return text("sources.section", section=first)
    return text("sources.sections", first=first, second=second)


FORMS: dict[str, Callable[[Any], str]] = {
    "number": number,
    "rounded": rounded,
    "percent": percent,
    "whole_percent": whole_percent,
    "fine_percent": fine_percent,
    "duration": duration,
    "size": size,
    "flops": flops,
    "shape": shape,
    "list": listed,
    "either": either,
}
