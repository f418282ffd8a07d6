"""The settings in which runs differ."""

from __future__ import annotations

import json

from lab.presets import preset
from lab.spec import changed
from pages.ui.runs.compare import differences


def test_only_settings_that_differ_are_listed() -> None:
    same = {"a": 1, "b": {"c": [1, 2]}}
    other = {"a": 1, "b": {"c": [1, 3]}, "d": 0}
    assert differences([same, other]) == {"b.c": ["1, 2", "1, 3"], "d": ["", "0"]}


def test_settings_are_shown_as_people_write_them() -> None:
    one = {"share": 1 / 12, "kind": "relu", "nesterov": True, "cap": None, "parts": []}
    other = {"share": 1e-4, "kind": "gelu", "nesterov": False, "cap": 2.0, "parts": ["flip"]}
    assert differences([one, other]) == {
        "share": ["0.0833333", "0.0001"],
        "kind": ["relu", "gelu"],
        "nesterov": ["on", "off"],
        "cap": ["off", "2"],
        "parts": ["none", "flip"],
    }


def test_a_list_of_parts_is_shown_by_their_kinds() -> None:
    plain = preset("softmax")
    varied = changed(plain, "data.augmentations", [{"kind": "rotate", "degrees": 5}, {"kind": "shift"}])
    found = differences([json.loads(spec.model_dump_json()) for spec in (varied, plain)])
    assert found == {
        "data.augmentations": ["rotate, shift", "none"],
        "data.augmentations.0.degrees": ["5", ""],
        "data.augmentations.1.pixels": ["2", ""],
    }
