"""Every augmentation has bounds that hold, a size of zero where it does nothing, and a stage."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lab.parts.augmentations import AUGMENTATIONS
from lab.registry import bounds_of
from tests.support.parts import part


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_what_lies_outside_its_bounds_is_refused_and_the_bounds_are_not(kind: str) -> None:
    for name, field in AUGMENTATIONS[kind].model_fields.items():
        if name == "kind":
            continue
        bounds = bounds_of(field)
        least, most = bounds.minimum, bounds.maximum
        assert least is not None
        assert most is not None
        for inside in (least, most):
            value = int(inside) if field.annotation is int else inside
            assert getattr(part(AUGMENTATIONS, kind, **{name: value}), name) == inside
        for outside in (least - 1, most + 1):
            with pytest.raises(ValidationError):
                part(AUGMENTATIONS, kind, **{name: int(outside) if field.annotation is int else outside})


def test_what_moves_pixels_is_told_from_what_changes_their_value() -> None:
    by_stage = {kind: entry.stage for kind, entry in AUGMENTATIONS.items()}
    assert {kind for kind, stage in by_stage.items() if stage == "affine"} == {
        "rotate",
        "scale",
        "shear",
        "shift",
    }
    assert set(by_stage.values()) == {"affine", "displace", "value"}
