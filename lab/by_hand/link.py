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
from lab.texts import text

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


def _sizes(given: str) -> tuple[int, ...]:
    parts = given.split("-")
    fits = LEAST_LAYERS + 1 <= len(parts) <= MOST_HIDDEN_LAYERS + 2
    if fits and all(part.isdecimal() and 1 <= int(part) <= MOST_UNITS_DRAWN for part in parts):
        return tuple(map(int, parts))
    message = text(
        "by_hand.link.sizes", value=given[:SHOWN], most=MOST_UNITS_DRAWN, most_hidden=MOST_HIDDEN_LAYERS
    )
    raise wrong("sizes", given, message)


def _whole(key: str, given: str, least: int, most: int) -> int:
    if len(given) <= 12 and given.isdecimal() and least <= int(given) <= most:
        return int(given)
    message = text("by_hand.link.no_whole_number", value=given[:SHOWN], least=least, most=most)
    raise wrong(key, given, message)


def _named(key: str, given: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
    if given in allowed:
        return given
    hint = did_you_mean(given, allowed)
    raise wrong(key, given, text("by_hand.link.unknown", value=given[:SHOWN], hint=hint))


def _numbers(key: str, given: str) -> tuple[float, ...]:
    return tuple(read_number(part, key) for part in capped(key, given, _LONGEST).split(","))


def _with_numbers(example: Example, key: str, given: str) -> Example:
    """The example with x, y, a weight matrix or a bias vector of a link put in."""
    if key in ("x", "y"):
        return replace(example, **{key: _numbers(key, given)})  # type: ignore[arg-type]
    layer = int(key[1:]) - 1
    if layer >= example.depth:
        raise wrong(key, given, text("by_hand.link.depth", n=example.depth))
    if key[0] == "b":
        biases = [*example.biases]
        biases[layer] = _numbers(key, given)
        return replace(example, biases=tuple(biases))
    weights = [*example.weights]
    weights[layer] = tuple(_numbers(key, row) for row in capped(key, given, _LONGEST).split(";"))
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


def _out_of_place(name: str) -> str:
    """What is said of a parameter that nothing took."""
    if name in _OPTIONS:
        rules = [
            rule.title for rule in RULES.values() if name in {each.name for each in rule.hyperparameters}
        ]
        return text("by_hand.link.other_optimizer", name=name, rules=rules)
    return text("by_hand.link.out_of_place", name=name[:SHOWN], hint=did_you_mean(name.lower(), _NAMES))


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
        self._try("taken", lambda given: self._put(taken=_whole("taken", given, 0, MOST_TAKEN)))
        self._try("step", lambda given: self._put(step=_whole("step", given, 1, 9999)))
        self._try("selected", self._select)
        for key in filter(is_own, self.parts):
            self.problems.append(_out_of_place(key))

    def _put(self, **values: object) -> None:
        self.setting = replace(self.setting, **values)  # type: ignore[arg-type]

    def _array(self, key: str, given: str) -> None:
        self._put(example=_with_numbers(self.setting.example, key, given))

    def _name(self, key: str, given: str) -> None:
        self._put(example=replace(self.setting.example, **{key: given}))  # type: ignore[arg-type]

    def _choice(self, key: str, given: str) -> None:
        self._put(**{key: _named(key, given, _CHOICES[key])})

    def _flag(self, key: str, given: str) -> None:
        self._put(**{key: _named(key, given, ("0", "1")) == "1"})

    def _try(self, key: str, take: Callable[[str], None]) -> None:
        given = self.parts.pop(key, None)
        if given is None:
            return
        try:
            take(given.strip())
        except SpecError as error:
            self.problems.append(text("by_hand.link.problem", problem=error.errors[0]))

    def _start(self) -> None:
        sizes = [DOCUMENT.sizes]
        self._try("sizes", lambda given: sizes.append(_sizes(given)))
        self._try("init", lambda given: self._put(init=_named("init", given, WEIGHTS)))
        self._try("seed", lambda given: self._put(seed=_whole("seed", given, 0, LARGEST_SEED)))
        self._put(example=starting_example(sizes[-1], self.setting.init, self.setting.seed))

    def _optimizer(self) -> None:
        self._try("optimizer", lambda given: self._train(name=_named("optimizer", given, RULES)))
        self._try("lr", lambda given: self._train(lr=within(LR, given)))
        for each in self.setting.optimizer.rule.hyperparameters:
            self._try(each.name, partial(self._hyperparameter, each))

    def _train(self, **values: object) -> None:
        self._put(optimizer=replace(self.setting.optimizer, **values))  # type: ignore[arg-type]

    def _hyperparameter(self, each: Hyperparameter, given: str) -> None:
        self._train(changed=(*self.setting.optimizer.changed, (each.name, within(each, given))))

    def _select(self, given: str) -> None:
        names = selectable(self.setting.example)
        self._put(selected=_named("selected", given, names))


def read_link(parts: Mapping[str, str]) -> tuple[Setting, tuple[str, ...]]:
    """The setting that a link asks for, and a sentence on each part that could not be read."""
    reader = _Reader(parts)
    reader.read()
    return reader.setting, tuple(reader.problems)
