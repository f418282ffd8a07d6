"""What docs/train.md says is so."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from lab.presets import PRESETS
from lab.spec import MAX_TEXT_BYTES
from lab.spec_link import spec_in
from lab.training.budget import DEFAULT_HOURS, HOURS_SWITCH, MEMORY_SHARE, MEMORY_SWITCH
from pages.ui.train.recipe import TABS

TEXT = (Path(__file__).parents[2] / "docs/train.md").read_text(encoding="utf-8")
LINKS = re.findall(r"`/train\?([^`]+)`", TEXT)


@pytest.mark.parametrize("link", LINKS)
def test_every_link_in_the_text_opens_without_a_problem(link: str) -> None:
    assert not spec_in(dict(parse_qsl(link))).problems


def test_every_preset_is_in_the_text_with_its_words() -> None:
    assert LINKS
    for name, entry in PRESETS.items():
        assert f"| `{name}` | {entry.title} | {entry.summary} |" in TEXT


def test_the_limits_and_tabs_are_those_of_the_lab() -> None:
    assert f"| `{MEMORY_SWITCH}` |" in TEXT
    assert f"{MEMORY_SHARE:.0%}".replace("%", " %") in TEXT
    assert f"| `{HOURS_SWITCH}` | the longest a run may take, as estimated | {DEFAULT_HOURS:.0f} |" in TEXT
    assert f"{MAX_TEXT_BYTES:,} bytes" in TEXT
    assert ", ".join(map(str, TABS.values())) in TEXT
