"""Where on the page a mistake stands, in words: of which layer or augmentation, and at which field."""

from __future__ import annotations

from pages.ui.kit.fields import fields_of
from pages.ui.train.draft import Draft, Path, model_at


def part_of(draft: Draft, path: Path) -> str:
    """The layer or augmentation that a field is of: its title alone would not tell which is meant."""
    if path[:2] == ("network", "layers"):
        place = draft.now.rows.index(int(path[2].removeprefix("#")))
        return f"{place + 1} {draft.layers[place].title}: "
    if path[:2] == ("data", "augmentations"):
        return f"{draft.spec.data.augmentations[int(path[2])].title}: "
    return ""


def wrong_fields(draft: Draft) -> list[str]:
    """The fields with a mistake, as a person would name them: 2 Linear: Units."""
    return [
        f"{part_of(draft, path)}{fields_of(type(model_at(draft.now, path)[0]))[path[-1]].title}"
        for path in draft.mistakes
    ]
