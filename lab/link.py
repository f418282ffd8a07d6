"""What every link of the lab shares: whose parameters are whose, what a link suffered on its way, packing, caps.

Owns what is safe to repair and how it is said. Links come from anywhere: nothing is unpacked beyond its cap.
Knows no page and no configuration.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus

from lab.registry import FieldError, SpecError
from lab.texts import Text, said

SHOWN = 40
MOST_FIELDS = 200
LONGEST_NAME = 80
NEAR = 0.84  # "hiden" is near "hidden"; "token" is not near "taken", "lang" not near "large"
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_MOST_DECODINGS = 3


@dataclass(frozen=True)
class Parameters:
    """The parameters of an address: the page's own, what others put there, and what the link had suffered."""

    own: Mapping[str, str] = field(default_factory=dict)
    foreign: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repairs: tuple[Text, ...] = ()
    problems: tuple[Text, ...] = ()


def belongs(name: str, names: Iterable[str], near: float = NEAR) -> bool:
    """Whether a parameter is meant for a page with parameters of these names: one of them, or nearly."""
    if len(name) > LONGEST_NAME:
        return False
    return bool(difflib.get_close_matches(name.lower(), list(names), n=1, cutoff=near))


def parameters(
    given: Mapping[str, Sequence[str]], is_own: Callable[[str], bool], free: Iterable[str] = ()
) -> Parameters:
    """The parameters of an address, sorted and mended; values under `free` names may hold a per cent sign."""
    own: dict[str, str] = {}
    foreign: dict[str, tuple[str, ...]] = {}
    repairs: list[Text] = []
    problems: list[Text] = []
    for name, values in _unwrapped(given, is_own, repairs):
        if not is_own(name):
            foreign[name] = (*foreign.get(name, ()), *values)
            continue
        if len(values) > 1:
            last = values[-1][:SHOWN]
            problems.append(said("link.repeated", name=name[:SHOWN], n=len(values), last=last))
        own[name] = values[-1] if values else ""
    return Parameters(_decoded(own, frozenset(free), repairs), foreign, tuple(repairs), tuple(problems))


def _unwrapped(
    given: Mapping[str, Sequence[str]], is_own: Callable[[str], bool], repairs: list[Text]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Each name with its values; a link that was encoded as a whole arrives as one long name."""
    for name, values in given.items():
        bare = name.removeprefix("amp;")
        if bare != name and is_own(bare):
            repairs.append(said("link.behind_amp", name=bare[:SHOWN]))
            yield bare, values
            continue
        inside = _pairs(name) if "=" in name else []
        if any(is_own(each) for each, _ in inside):
            repairs.append(said("link.encoded_twice", name=name[:SHOWN]))
            yield from ((each, (value,)) for each, value in inside)
        else:
            yield name, values


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []


def _decoded(own: dict[str, str], free: frozenset[str], repairs: list[Text]) -> dict[str, str]:
    """The values with the escapes gone that no value has by right: those of a link encoded twice."""
    twice = [name for name, text in own.items() if name not in free and _ESCAPE.search(text)]
    if not twice:
        return own
    repairs += [said("link.encoded_twice", name=name[:SHOWN]) for name in twice]
    return {name: _once_more(text) for name, text in own.items()}


def _once_more(text: str) -> str:
    for _ in range(_MOST_DECODINGS):
        if not _ESCAPE.search(text):
            break
        text = unquote_plus(text)
    return text


def wrong(name: str, text: str, message: Text | str) -> SpecError:
    """The error of one parameter of a link."""
    return SpecError([FieldError(name, text[:SHOWN], message)])


def capped(name: str, text: str, most: int) -> str:
    """The text of a parameter.

    Raises: SpecError, for one that is longer than any that the lab writes.
    """
    if len(text) > most:
        raise wrong(name, "", said("link.too_long", n=len(text), most=most))
    return text


def packed(content: bytes) -> str:
    """Bytes as a parameter of a link holds them."""
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def unpacked(name: str, text: str, *, most: int, most_bytes: int) -> bytes:
    """The bytes in a parameter.

    Raises: SpecError, for what is not packed, cut off, or larger than allowed.
    """
    capped(name, text, most)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(data, most_bytes + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise wrong(name, text, said("link.damaged", value=text[:SHOWN])) from None
    if len(content) > most_bytes:
        raise wrong(name, "", said("link.unpacks_to_too_much", most=most_bytes))
    if not unpacking.eof:
        raise wrong(name, text, said("link.cut_off"))
    return content
