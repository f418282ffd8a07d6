"""The configuration while it is being made: a frozen value, and the edits that give the next one.

The draft always holds a complete, valid `RunSpec`; what a person entered that cannot be used stays beside it
as a mistake at its field, and is tried again after every other edit. Each layer carries a row number that
follows it when it moves. Knows no widget, no page and no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab.parts.layers import LAYERS, Fix, Layer
from lab.registry import FieldError, Spec, SpecError, did_you_mean
from lab.spec import RunSpec, changed
from pages.ui.kit.fields import WrongValue, fields_of, parsed
from pages.ui.kit.undo import Versions

Path = tuple[str, ...]
"""Where a field is, from the top: ("train", "optimizer", "lr"); a layer is named by its row, "#7"."""


@dataclass(frozen=True)
class Version:
    """What undo goes back to: a spec and the row number of each of its layers."""

    spec: RunSpec
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Draft:
    """The configuration on the page with the versions before and after it, and what is wrong on it."""

    versions: Versions[Version]
    mistakes: Mapping[Path, WrongValue] = field(default_factory=dict)
    next_row: int = 0

    @property
    def now(self) -> Version:
        return self.versions.now

    @property
    def spec(self) -> RunSpec:
        return self.now.spec

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.spec.network.layers

    def mistakes_at(self, *path: str) -> dict[str, WrongValue]:
        """The mistakes of the fields right under a path, by field name."""
        return {at[-1]: mistake for at, mistake in self.mistakes.items() if at[:-1] == path}


def draft_of(spec: RunSpec) -> Draft:
    """A new draft with no history."""
    count = len(spec.network.layers)
    return Draft(Versions(Version(spec, tuple(range(count)))), next_row=count)


def model_at(version: Version, path: Path) -> tuple[Spec, str]:
    """The spec that holds the path's last field, and the same path with rows made into places.

    Raises: LookupError where there is no such row or field any more.
    """
    at: Any = version.spec
    places = [str(version.rows.index(int(step[1:]))) if step.startswith("#") else step for step in path]
    for step in places[:-1]:
        at = at[int(step)] if isinstance(at, tuple) else getattr(at, step)
    if path[-1] not in type(at).model_fields:
        raise LookupError(path[-1])
    model: Spec = at
    return model, ".".join(places)


def _with_value(version: Version, path: Path, value: Any) -> RunSpec:
    """The spec with one field changed.

    Raises: ValueError with the reason in one line; LookupError where the field is no longer there.
    """
    try:
        model, place = model_at(version, path)
    except (ValueError, AttributeError, LookupError):
        raise LookupError(".".join(path)) from None
    field_here = fields_of(type(model))[path[-1]]
    try:
        return changed(version.spec, place, parsed(field_here, value))
    except SpecError as error:
        raise ValueError(f"{field_here.title} {error.errors[0].message}") from None


def _next(draft: Draft, spec: RunSpec, rows: tuple[int, ...] | None = None, **changes: Any) -> Draft:
    """The draft one version on, with the mistakes that still stand."""
    version = Version(spec, draft.now.rows if rows is None else rows)
    if version == draft.now:
        return replace(draft, **changes)
    return _retried(replace(draft, versions=draft.versions.changed(version), **changes))


def _retried(draft: Draft) -> Draft:
    """The draft after each mistake was tried again: another edit may have made it right, or removed it."""
    version, mistakes = draft.now, {}
    for path, mistake in draft.mistakes.items():
        try:
            version = replace(version, spec=_with_value(version, path, mistake.entered))
        except LookupError:
            continue
        except ValueError as error:
            mistakes[path] = replace(mistake, message=str(error))
    return replace(draft, versions=draft.versions.amended(version), mistakes=mistakes)


def entered(draft: Draft, path: Path, value: Any) -> Draft:
    """The draft after a person entered a value at a field: the next version, or a mistake marked there."""
    others = {at: mistake for at, mistake in draft.mistakes.items() if at != path}
    try:
        spec = _with_value(draft.now, path, value)
    except LookupError:
        return draft
    except ValueError as error:
        return replace(draft, mistakes={**others, path: WrongValue(value, str(error))})
    return _next(replace(draft, mistakes=others), spec)


def kind_chosen(draft: Draft, path: Path, kind: str) -> Draft:
    """The draft with another part at `path`, its fields at their defaults."""
    kept = {at: mistake for at, mistake in draft.mistakes.items() if at[: len(path)] != path}
    return entered(replace(draft, mistakes=kept), path, {"kind": kind})


def parts_chosen(draft: Draft, path: Path, kinds: tuple[str, ...]) -> Draft:
    """The draft with a list of parts of these kinds; those there already keep their fields and their order.

    What stands wrong in a part that stays goes with it to its new place.
    """
    model, place = model_at(draft.now, path)
    now = getattr(model, path[-1])
    stay = [i for i, part in enumerate(now) if part.kind in kinds]
    kept = [now[i].model_dump() for i in stay]
    new = [{"kind": kind} for kind in kinds if kind not in {part.kind for part in now}]
    places = {(*path, str(i)): (*path, str(after)) for after, i in enumerate(stay)}
    depth = len(path) + 1
    mistakes = {
        places.get(at[:depth], at[:depth]) + at[depth:]: mistake
        for at, mistake in draft.mistakes.items()
        if at[: len(path)] != path or at[:depth] in places
    }
    try:
        spec = changed(draft.spec, place, kept + new)
    except SpecError as error:
        raise ValueError(f"{fields_of(type(model))[path[-1]].title}: {error.errors[0].message}") from None
    return _next(draft, spec, mistakes=mistakes)


def replaced(draft: Draft, spec: RunSpec) -> Draft:
    """The draft with a whole other configuration; the one before is one undo away."""
    rows = tuple(range(draft.next_row, draft.next_row + len(spec.network.layers)))
    if spec == draft.spec:
        return replace(draft, mistakes={})
    return _next(draft, spec, rows, mistakes={}, next_row=draft.next_row + len(rows))


def _with_layers(draft: Draft, change: Callable[[list[tuple[int, Layer]]], None]) -> Draft:
    """The draft with its rows changed in place by `change`; refused changes leave it as it is.

    Raises: ValueError, with what the spec says against it.
    """
    pairs = list(zip(draft.now.rows, draft.layers, strict=True))
    change(pairs)
    try:
        spec = changed(draft.spec, "network.layers", [layer.model_dump() for _, layer in pairs])
    except SpecError as error:
        raise ValueError(f"Layers: {error.errors[0].message}") from None
    rows = tuple(row for row, _ in pairs)
    gone = {f"#{row}" for row in draft.now.rows} - {f"#{row}" for row in rows}
    kept = {at: mistake for at, mistake in draft.mistakes.items() if not gone & set(at)}
    return _next(draft, spec, rows, mistakes=kept, next_row=max((draft.next_row, *(r + 1 for r in rows))))


def layer_added(draft: Draft, kind: str, below: int | None = None) -> Draft:
    """The draft with a new layer below a row, or at the end."""

    if kind not in LAYERS:
        raise ValueError(f"unknown layer {kind!r}; {did_you_mean(kind, LAYERS)}")

    def add(pairs: list[tuple[int, Layer]]) -> None:
        at = len(pairs) if below is None else draft.now.rows.index(below) + 1
        pairs.insert(at, (draft.next_row, LAYERS[kind].model_validate({})))

    return _with_layers(draft, add)


def layer_removed(draft: Draft, row: int) -> Draft:
    """The draft without one layer."""
    return _with_layers(draft, lambda pairs: pairs.pop(draft.now.rows.index(row)) and None)


def layer_duplicated(draft: Draft, row: int) -> Draft:
    """The draft with a layer's twin right below it."""

    def duplicate(pairs: list[tuple[int, Layer]]) -> None:
        at = draft.now.rows.index(row)
        pairs.insert(at + 1, (draft.next_row, pairs[at][1]))

    return _with_layers(draft, duplicate)


def layer_moved(draft: Draft, row: int, by: int) -> Draft:
    """The draft with a layer moved up (-1) or down (1); at the end of the stack it stays."""

    def move(pairs: list[tuple[int, Layer]]) -> None:
        at = draft.now.rows.index(row)
        pair = pairs.pop(at)
        pairs.insert(max(0, at + by), pair)

    return _with_layers(draft, move)


def fixed(draft: Draft, row: int | None, fix: Fix) -> Draft:
    """The draft with the fix made that a layer's misfit offers; None is the place behind the last layer."""

    def mend(pairs: list[tuple[int, Layer]]) -> None:
        at = len(pairs) if row is None else draft.now.rows.index(row)
        if fix.action == "remove" or fix.layer is None:
            pairs.pop(at)
        elif fix.action == "replace":
            pairs[at] = (draft.next_row, fix.layer)
        else:
            pairs.insert(at, (draft.next_row, fix.layer))

    return _with_layers(draft, mend)


def marked(draft: Draft, errors: Iterable[FieldError]) -> Draft:
    """The draft as it is drawn: with what forbids the run to start marked at the fields that cause it."""
    marks = dict(draft.mistakes)
    for error in errors:
        path = tuple(error.path.split("."))
        try:
            model, _ = model_at(draft.now, path)
        except (ValueError, AttributeError, LookupError):
            continue
        message = str(error.message)
        reason = message[:1].upper() + message[1:]
        marks.setdefault(path, WrongValue(getattr(model, path[-1]), reason))
    return replace(draft, mistakes=marks)


def undone(draft: Draft) -> Draft:
    """The draft one version back; mistakes in hand are dropped."""
    if draft.mistakes:
        return replace(draft, mistakes={})
    return replace(draft, versions=draft.versions.undone())


def redone(draft: Draft) -> Draft:
    """The draft one version on again."""
    if not draft.versions.future:
        return draft
    return replace(draft, versions=draft.versions.redone(), mistakes={})
