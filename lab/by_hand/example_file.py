"""A worked example as a JSON file: what a teacher writes, checked key by key.

Owns the file's keys. Knows no trace and no command line.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lab.by_hand.digits import LARGEST, not_allowed, tidy
from lab.by_hand.example import DOCUMENT, MOST_LAYERS, Example, Matrix, Vector
from lab.registry import FieldError, SpecError, did_you_mean, once
from lab.texts import text

LARGEST_FILE = 1_000_000
_PLAIN_KEYS = ("x", "y", "W1", "b1", "W2", "b2", "hidden", "output", "loss")


def _wrong(key: str, value: object, message: str) -> SpecError:
    return SpecError([FieldError(key, repr(value)[:80], message)])


def _shown(value: object) -> str:
    return repr(value)[:60]


def _number(key: str, value: Any) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    if not fits:  # NaN compares as false
        raise _wrong(key, value, not_allowed(_shown(value)))
    return tidy(float(value))


def _vector(key: str, value: Any) -> Vector:
    if not isinstance(value, list):
        raise _wrong(key, value, text("by_hand.file.no_list", value=_shown(value)))
    return tuple(_number(f"{key}[{place}]", item) for place, item in enumerate(value))


def _matrix(key: str, value: Any) -> Matrix:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise _wrong(key, value, text("by_hand.file.no_rows", value=_shown(value)))
    return tuple(_vector(f"{key}[{place}]", row) for place, row in enumerate(value))


def _parsed(content: str) -> dict[str, Any]:
    if len(content) > LARGEST_FILE:
        raise _wrong("", "", text("by_hand.file.too_long", n=len(content), most=LARGEST_FILE))
    try:
        found = json.loads(content, object_pairs_hook=once)
    except SpecError:
        raise
    except (ValueError, RecursionError) as error:
        raise _wrong("", content, text("by_hand.file.no_json", reason=error)) from None
    if not isinstance(found, dict):
        raise _wrong("", found, text("by_hand.file.no_object", got=type(found).__name__))
    return found


def _depth(keys: dict[str, Any]) -> int:
    layers = []
    for key in keys:
        if key in _PLAIN_KEYS:
            continue
        match = re.fullmatch(r"[Wb]([1-9]\d?)", key)
        if match is None:
            hint = did_you_mean(key, _PLAIN_KEYS)
            raise _wrong(key[:40], keys[key], text("by_hand.file.unknown_key", key=key[:40], hint=hint))
        layers.append(int(match[1]))
    depth = max((2, *layers))
    if depth > MOST_LAYERS:
        raise _wrong(f"W{depth}", depth, text("by_hand.file.depth", n=depth, most=MOST_LAYERS))
    return depth


def _name(keys: dict[str, Any], key: str) -> str:
    value = keys.get(key, getattr(DOCUMENT, key))
    if not isinstance(value, str):
        raise _wrong(key, value, text("by_hand.file.no_name", value=_shown(value)))
    return value


def read_example(content: str) -> Example:
    """The example that a JSON file describes; a key that is not there keeps the document's value.

    A bias that is not there, where the document's does not fit, is zero.
    Raises: SpecError, naming key, value and what is allowed.
    """
    keys = _parsed(content)
    weights, biases = [], []
    for layer in range(1, _depth(keys) + 1):
        known = layer <= DOCUMENT.depth
        if f"W{layer}" not in keys and not known:
            raise _wrong(f"W{layer}", None, text("by_hand.file.missing"))
        rows = _matrix(f"W{layer}", keys[f"W{layer}"]) if f"W{layer}" in keys else DOCUMENT.weights[layer - 1]
        weights.append(rows)
        if f"b{layer}" in keys:
            biases.append(_vector(f"b{layer}", keys[f"b{layer}"]))
        elif known and len(DOCUMENT.biases[layer - 1]) == len(rows):
            biases.append(DOCUMENT.biases[layer - 1])
        else:
            biases.append((0.0,) * len(rows))
    return Example(
        x=_vector("x", keys["x"]) if "x" in keys else DOCUMENT.x,
        y=_vector("y", keys["y"]) if "y" in keys else DOCUMENT.y,
        weights=tuple(weights),
        biases=tuple(biases),
        hidden=_name(keys, "hidden"),
        output=_name(keys, "output"),
        loss=_name(keys, "loss"),
    )


def as_json(example: Example) -> dict[str, Any]:
    """The example with the keys of its file."""
    found: dict[str, Any] = {"x": list(example.x), "y": list(example.y)}
    for layer, (rows, biases) in enumerate(zip(example.weights, example.biases, strict=True), start=1):
        found[f"W{layer}"] = [list(row) for row in rows]
        found[f"b{layer}"] = list(biases)
    return {**found, "hidden": example.hidden, "output": example.output, "loss": example.loss}
