"""Where on the page a mistake stands, in words: of which layer or augmentation, and at which field."""

from __future__ import annotations

from lab.texts import text
from pages.ui.kit.fields import fields_of
from pages.ui.train.draft import Draft, Path, model_at


def in_place(draft: Draft, path: Path, words: object) -> str:
    """What is said of a field, after the layer or augmentation that it is of: its title alone would not tell which."""
    if path[:2] == ("network", "layers"):
        place = draft.now.rows.index(int(path[2].removeprefix("#")))
        return of_layer(place, draft.layers[place].title, words)
    if path[:2] == ("data", "augmentations"):
        title = draft.spec.data.augmentations[int(path[2])].title
        return text("train.places.of_augmentation", augmentation=title, words=words)
    return str(words)


def of_layer(place: int, layer: object, words: object) -> str:
    """What is said of a layer or of one of its fields: 2 Linear: Units."""
    return text("train.places.of_layer", place=place + 1, layer=layer, words=words)


def wrong_fields(draft: Draft) -> list[str]:
    """The fields with a mistake, as a person would name them: 2 Linear: Units."""
    return [
        in_place(draft, path, fields_of(type(model_at(draft.now, path)[0]))[path[-1]].title)
        for path in draft.mistakes
    ]
