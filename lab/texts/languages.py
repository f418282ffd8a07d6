"""Which language is spoken: that of whoever reads, which only the pages or the command line know.

Owns the languages there are and the one in use. Knows no sentence.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

LANGUAGES = {"en": "English", "zh": "简体中文"}  # code -> its name in itself
FALLBACK = "en"
# What an HTML page and Babel call them.
TAGS = {"en": "en", "zh": "zh-Hans"}
VARIABLE = "LAB_LANGUAGE"

_speaking: ContextVar[str | None] = ContextVar("speaking", default=None)


def _nobody() -> str | None:
    return None


_asked: Callable[[], str | None] = _nobody


def language() -> str:
    """The language in which a text is said here and now."""
    return _speaking.get() or _asked() or FALLBACK


def ask(reader: Callable[[], str | None]) -> None:
    """Ask this function, from now on, which language the reader of this thread wants; None if it has none."""
    global _asked
    _asked = reader


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say all texts within in this language."""
    token = _speaking.set(code)
    try:
        yield
    finally:
        _speaking.reset(token)


def nearest(tags: Iterable[str]) -> str | None:
    """The first language of the lab that one of these tags ("zh-CN", "en_US.UTF-8") asks for."""
    for tag in tags:
        code = re.split(r"[-_.@]", tag.strip().lower(), maxsplit=1)[0]
        if code in LANGUAGES:
            return code
    return None


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first.

    Source: RFC 9110, section 12.5.4
    """
    wanted: list[tuple[float, str]] = []
    for item in header[:1000].split(","):
        tag, _, quality = item.partition(";")
        matched = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", quality)
        weight = float(matched[1]) if matched else 1.0
        if tag.strip() and weight > 0:
            wanted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(wanted, key=lambda one: -one[0])]


def of_server(environ: Mapping[str, str] = os.environ) -> str | None:
    """The language that `LAB_LANGUAGE` sets for everybody, if it names one of the lab's."""
    return nearest([environ.get(VARIABLE, "")])


def of_terminal(environ: Mapping[str, str] = os.environ) -> str:
    """The language of a command: `LAB_LANGUAGE`, else that of the account."""
    names = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    return nearest(environ.get(name, "") for name in names) or FALLBACK
