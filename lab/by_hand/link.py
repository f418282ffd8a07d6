"""A setting as the parts of a link, and back: what cannot be read is named, the rest is used.

Owns the names and the writing of the parts. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from lab.by_hand.digits import full, read_number
from lab.by_hand.draws import (
    LARGEST_SEED,
    LEAST_LAYERS,
    MOST_HIDDEN_LAYERS,
    MOST_UNITS_DRAWN,
    WEIGHTS,
    starting_example,
)
from lab.by_hand.example import DOCUMENT, Example
from lab.by_hand.lesson import DETAILS
from lab.by_hand.offered import LR, RULES, Hyperparameter
from lab.by_hand.setting import MOST_TAKEN, SHOWS, TOLERANCES, Setting, selectable, within
from lab.link import SHOWN, belongs, capped, wrong
from lab.registry import SpecError, did_you_mean

_LONGEST = 6000


def _list(values: tuple[float, ...]) -> str:
    return ",".join(full(value).removesuffix(".0") for value in values)


def link(setting: Setting) -> dict[str, str]:
    """The parts of a link that leads to this setting: whatever differs from the default."""
    example, base, parts = setting.example, setting.base, {}
    if example.sizes != DOCUMENT.sizes:
        parts["sizes"] = "-".join(map(str, example.sizes))
    for key, value in (("init", setting.init), ("seed", setting.seed)):
        if value not in ("", None):
            parts[key] = str(value)
    for key, now, before in (("x", example.x, base.x), ("y", example.y, base.y)):
        if now != before:
            parts[key] = _list(now)
    for layer in range(example.depth):
        if example.weights[layer] != base.weights[layer]:
            parts[f"w{layer + 1}"] = ";".join(map(_list, example.weights[layer]))
        if example.biases[layer] != base.biases[layer]:
            parts[f"b{layer + 1}"] = _list(example.biases[layer])
    for key in ("hidden", "output", "loss"):
        if getattr(example, key) != getattr(DOCUMENT, key):
            parts[key] = getattr(example, key)
    optimizer, default = setting.optimizer, Setting()
    if optimizer.name != default.optimizer.name:
        parts["optimizer"] = optimizer.name
    if optimizer.lr != default.optimizer.lr:
        parts["lr"] = full(optimizer.lr)
    parts.update({name: full(value) for name, value in optimizer.changed})
    for key in ("taken", "step"):
        if getattr(setting, key) != getattr(default, key):
            parts[key] = str(getattr(setting, key))
    for key in ("detail", "show", "selected", "tolerance"):
        if getattr(setting, key) != getattr(default, key):
            parts[key] = getattr(setting, key)
    for key in ("exercise", "large"):
        if getattr(setting, key):
            parts[key] = "1"
    return parts


def _sizes(text: str) -> tuple[int, ...]:
    parts = text.split("-")
    fits = LEAST_LAYERS + 1 <= len(parts) <= MOST_HIDDEN_LAYERS + 2
    if fits and all(part.isdecimal() and 1 <= int(part) <= MOST_UNITS_DRAWN for part in parts):
        return tuple(map(int, parts))
    raise wrong(
        "sizes",
        text,
        f"{text[:SHOWN]!r} is not allowed; write sizes from 1 to {MOST_UNITS_DRAWN} such as 3-4-2, "
        f"with 1 to {MOST_HIDDEN_LAYERS} hidden layers",
    )


def _whole(key: str, text: str, least: int, most: int) -> int:
    if len(text) <= 12 and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise wrong(key, text, f"{text[:SHOWN]!r} is not allowed; write a whole number from {least} to {most}")


def _named(key: str, text: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
    if text in allowed:
        return text
    raise wrong(key, text, f"unknown {key} {text[:SHOWN]!r}; {did_you_mean(text, allowed)}")


def _numbers(key: str, text: str) -> tuple[float, ...]:
    return tuple(read_number(part, key) for part in capped(key, text, _LONGEST).split(","))


def _with_numbers(example: Example, key: str, text: str) -> Example:
    """The example with x, y, a weight matrix or a bias vector of a link put in."""
    if key in ("x", "y"):
        return replace(example, **{key: _numbers(key, text)})  # type: ignore[arg-type]
    layer = int(key[1:]) - 1
    if layer >= example.depth:
        raise wrong(key, text, f"this network has {example.depth} layers")
    if key[0] == "b":
        biases = [*example.biases]
        biases[layer] = _numbers(key, text)
        return replace(example, biases=tuple(biases))
    weights = [*example.weights]
    weights[layer] = tuple(_numbers(key, row) for row in capped(key, text, _LONGEST).split(";"))
    return replace(example, weights=tuple(weights))


_ARRAYS = ("x", "y", *(f"{kind}{layer}" for layer in range(1, MOST_HIDDEN_LAYERS + 2) for kind in "wb"))
_CHOICES: dict[str, Mapping[str, object] | tuple[str, ...]] = {
    "detail": DETAILS,
    "show": SHOWS,
    "tolerance": TOLERANCES,
}
_FLAGS = ("exercise", "large")
_OPTIONS = tuple(dict.fromkeys(each.name for rule in RULES.values() for each in rule.hyperparameters))
_NAMES = (
    *("sizes", "init", "seed", *_ARRAYS, "hidden", "output", "loss", "optimizer", "lr", *_OPTIONS),
    *(*_CHOICES, *_FLAGS, "taken", "step", "selected"),
)


def is_own(name: str) -> bool:
    """Whether a parameter of an address is meant for this page."""
    return belongs(name, _NAMES)


def _hint(name: str) -> str:
    if name in _OPTIONS:
        rules = [
            rule.title for rule in RULES.values() if name in {each.name for each in rule.hyperparameters}
        ]
        return f"it belongs to {' and '.join(rules)}."
    return str(did_you_mean(name.lower(), _NAMES))


class _Reader:
    """Puts the parts of a link into a setting one by one; remembers what could not be used."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self.parts = dict(parts)
        self.setting = Setting()
        self.problems: list[str] = []

    def read(self) -> None:
        """Takes every part in the order in which one depends on another."""
        self._start()
        for key in _ARRAYS:
            self._try(key, partial(self._array, key))
        for key in ("hidden", "output", "loss"):
            self._try(key, partial(self._name, key))
        self._optimizer()
        for key in _CHOICES:
            self._try(key, partial(self._choice, key))
        for key in _FLAGS:
            self._try(key, partial(self._flag, key))
        self._try("taken", lambda text: self._put(taken=_whole("taken", text, 0, MOST_TAKEN)))
        self._try("step", lambda text: self._put(step=_whole("step", text, 1, 9999)))
        self._try("selected", self._select)
        for key in filter(is_own, self.parts):
            self.problems.append(f"{key[:SHOWN]!r} does not belong in this link; {_hint(key)}")

    def _put(self, **values: object) -> None:
        self.setting = replace(self.setting, **values)  # type: ignore[arg-type]

    def _array(self, key: str, text: str) -> None:
        self._put(example=_with_numbers(self.setting.example, key, text))

    def _name(self, key: str, text: str) -> None:
        self._put(example=replace(self.setting.example, **{key: text}))  # type: ignore[arg-type]

    def _choice(self, key: str, text: str) -> None:
        self._put(**{key: _named(key, text, _CHOICES[key])})

    def _flag(self, key: str, text: str) -> None:
        self._put(**{key: _named(key, text, ("0", "1")) == "1"})

    def _try(self, key: str, take: Callable[[str], None]) -> None:
        text = self.parts.pop(key, None)
        if text is None:
            return
        try:
            take(text.strip())
        except SpecError as error:
            self.problems.append(f"{error.errors[0]}.")

    def _start(self) -> None:
        sizes = [DOCUMENT.sizes]
        self._try("sizes", lambda text: sizes.append(_sizes(text)))
        self._try("init", lambda text: self._put(init=_named("init", text, WEIGHTS)))
        self._try("seed", lambda text: self._put(seed=_whole("seed", text, 0, LARGEST_SEED)))
        self._put(example=starting_example(sizes[-1], self.setting.init, self.setting.seed))

    def _optimizer(self) -> None:
        self._try("optimizer", lambda text: self._train(name=_named("optimizer", text, RULES)))
        self._try("lr", lambda text: self._train(lr=within(LR, text)))
        for each in self.setting.optimizer.rule.hyperparameters:
            self._try(each.name, partial(self._hyperparameter, each))

    def _train(self, **values: object) -> None:
        self._put(optimizer=replace(self.setting.optimizer, **values))  # type: ignore[arg-type]

    def _hyperparameter(self, each: Hyperparameter, text: str) -> None:
        self._train(changed=(*self.setting.optimizer.changed, (each.name, within(each, text))))

    def _select(self, text: str) -> None:
        names = selectable(self.setting.example)
        self._put(selected=_named("selected", text, names))


def read_link(parts: Mapping[str, str]) -> tuple[Setting, tuple[str, ...]]:
    """The setting that a link asks for, and a sentence on each part that could not be read."""
    reader = _Reader(parts)
    reader.read()
    return reader.setting, tuple(reader.problems)
