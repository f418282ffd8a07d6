"""A configuration as a link, and back: `?preset=lenet5&train.epochs=3`, or the whole of it in `?spec=`.

Owns the form of the link and what survives of a broken one. Links come from anywhere: every value is checked,
and what is no parameter of a configuration is passed over. Knows no widget.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from lab.link import belongs, packed, unpacked
from lab.presets import PRESETS, preset
from lab.registry import FieldError, SpecError, once
from lab.spec import MAX_TEXT_BYTES, RunSpec, changed, parse_spec
from lab.texts import Text, said

DEFAULT_PRESET = "document-mlp"
MOST_CHANGES = 12
LONGEST_READABLE = 400
MAX_PACKED = 200_000
FREE_TEXT = ("title",)  # what a person writes may hold a per cent sign
_NAMES = ("preset", "spec", *RunSpec.model_fields)

Problem = Text | FieldError
"""What of a link could not be used; `str` says it."""


@dataclass(frozen=True)
class LinkedSpec:
    """What a link asks for: the configuration that could be read, and what could not."""

    spec: RunSpec
    problems: tuple[Problem, ...] = ()


def is_own(name: str) -> bool:
    """Whether a parameter of an address is meant for a configuration; with a dot, hardly anything else is."""
    top, dot, _ = name.partition(".")
    return belongs(top, RunSpec.model_fields, near=0.5) if dot else belongs(top, _NAMES)


def _packed(spec: RunSpec) -> str:
    return packed(spec.model_dump_json().encode())


def _changes(old: Any, new: Any, path: str) -> dict[str, Any]:
    """What has to be set to get from one JSON tree to another, by path; a list of other length as a whole."""
    if isinstance(old, dict) and isinstance(new, dict):
        if old.get("kind") != new.get("kind"):
            return {f"{path}.{name}": value for name, value in new.items()}
        return {
            at: value
            for name in new
            for at, value in _changes(old.get(name), new[name], f"{path}.{name}".lstrip(".")).items()
        }
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return {
            at: value
            for i, item in enumerate(new)
            for at, value in _changes(old[i], item, f"{path}.{i}").items()
        }
    return {} if old == new else {path: new}


@lru_cache(maxsize=256)
def _link(spec: RunSpec) -> tuple[tuple[str, str], ...]:
    tree = spec.model_dump(mode="json")
    best: dict[str, str] | None = None
    for name, entry in PRESETS.items():
        changes = _changes(entry.spec.model_dump(mode="json"), tree, "")
        link = {"preset": name} | {path: _written(value) for path, value in changes.items()}
        if best is None or len(link) < len(best):
            best = link
    packed = {"spec": _packed(spec)}
    if best is None or len(best) > MOST_CHANGES or spec_in(best) != LinkedSpec(spec):
        return tuple(packed.items())
    for path in tuple(best)[1:]:  # another kind brings its own defaults: they need not be said
        shorter = {at: text for at, text in best.items() if at != path}
        best = shorter if spec_in(shorter).spec == spec else best
    readable = len(urlencode(best)) <= max(LONGEST_READABLE, len(packed["spec"]))
    return tuple((best if readable else packed).items())


def link_of(spec: RunSpec) -> dict[str, str]:
    """The query parameters that restore a configuration, readable where it is close to a preset."""
    return dict(_link(spec))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _set(spec: RunSpec, path: str, text: str) -> RunSpec:
    """The spec with one field set from a link's text, as a number or a list if it reads like one."""
    value = _read(text)
    try:
        return changed(spec, path, value)
    except SpecError:
        if isinstance(value, str) or path != "title":
            raise
        return changed(spec, path, text)  # a title may look like a number


def spec_in(parameters: Mapping[str, str]) -> LinkedSpec:
    """The configuration a link asks for; what is wrong with the link is named, and the rest of it is used."""
    problems: list[Problem] = []
    spec = preset(DEFAULT_PRESET)
    if "preset" in parameters:
        try:
            spec = preset(parameters["preset"])
        except SpecError as error:
            problems.append(
                said("link.other_preset", problem=error.errors[0], preset=PRESETS[DEFAULT_PRESET].title)
            )
    if "spec" in parameters:
        spec, wrong = _spec_in_pack(parameters["spec"], spec)
        problems += wrong
    changes = {path: text for path, text in parameters.items() if path not in ("preset", "spec")}
    changes = {path: text for path, text in changes.items() if is_own(path)}
    for path, text in sorted(changes.items(), key=lambda change: not change[0].endswith(".kind")):
        try:
            spec = _set(spec, path, text)
        except SpecError as error:
            problems.append(error.errors[0])
    return LinkedSpec(spec, tuple(problems))


def _spec_in_pack(text: str, otherwise: RunSpec) -> tuple[RunSpec, list[Problem]]:
    try:
        content = unpacked("spec", text, most=MAX_PACKED, most_bytes=MAX_TEXT_BYTES)
    except SpecError as error:
        return otherwise, [error.errors[0]]
    return salvaged(content, otherwise)


def salvaged(content: bytes, otherwise: RunSpec) -> tuple[RunSpec, list[Problem]]:
    """The configuration in a JSON text with its unusable fields left out, and what was wrong with them."""
    problems: list[Problem] = []
    try:
        json.loads(content, object_pairs_hook=once)
    except SpecError as error:
        problems.append(said("link.last_taken", problem=error.errors[0]))
        content = json.dumps(json.loads(content)).encode()
    except (ValueError, RecursionError):
        pass  # said in words by the attempts that follow
    for _ in range(20):
        try:
            return parse_spec(content), problems
        except SpecError as error:
            problems += [each for each in error.errors if each not in problems]
            tree = _read(content.decode(errors="replace"))
            if not isinstance(tree, dict) or not [1 for each in error.errors if _without(tree, each.path)]:
                break
            content = json.dumps(tree).encode()
    return otherwise, [*problems, said("link.nothing_used")]


def _without(tree: dict[str, Any], path: str) -> bool:
    """Delete what a path points to; steps that name the kind of a part are passed over."""
    here: Any = tree
    reached: tuple[Any, Any] | None = None
    for step in path.split("."):
        inside = isinstance(here, dict) and step in here
        place = int(step) if isinstance(here, list) and step.isdecimal() and int(step) < len(here) else step
        if inside or isinstance(place, int):
            reached, here = (here, place), here[place]
    if reached is None:
        return False
    del reached[0][reached[1]]
    return True
