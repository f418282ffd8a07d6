"""The stub that every browser component is registered with, and the styles of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.ui.kit import component as kit


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of browser code of its own."""
    (tmp_path / "kit").mkdir()
    (tmp_path / "room").mkdir()
    for name in ("kit/stub.js", "kit/look.css", "room/one.js", "room/two.js", "room/two.css"):
        (tmp_path / name).write_text(f"/* {name} */")
    monkeypatch.setattr(kit, "STATIC", tmp_path)
    kit.version.cache_clear()
    yield tmp_path
    kit.version.cache_clear()


def test_the_address_of_a_file_changes_with_any_file(static: Path) -> None:
    before = kit.version()
    kit.version.cache_clear()
    assert kit.version() == before
    (static / "kit" / "look.css").write_text("a { }")
    kit.version.cache_clear()
    assert kit.version() != before


def test_what_is_not_code_changes_no_address(static: Path) -> None:
    before = kit.version()
    (static / "icon.svg").write_text("<svg/>")
    kit.version.cache_clear()
    assert kit.version() == before


def test_a_component_with_a_style_of_its_own_has_the_shared_one_before_it(static: Path) -> None:
    assert kit._files("room/one", isolated=True)["sheets"] == []
    assert kit._files("room/two", isolated=True)["sheets"] == ["kit/look.css", "room/two.css"]
    assert kit._files("room/two", isolated=False)["sheets"] == ["room/two.css"]


def test_a_component_is_registered_once() -> None:
    assert kit.component("home/map") is kit.component("home/map")


def test_a_page_style_has_the_values_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(kit.st, "html", shown.append)
    kit.page_style("draw/wide_canvas", key="canvas", zoom="0.5")
    assert ".st-key-canvas { zoom: 0.5; max-width: 100% }" in shown[0]
    assert shown[0].startswith("<style>")
    assert shown[0].endswith("</style>")


def test_a_page_style_lacks_no_value() -> None:
    with pytest.raises(KeyError, match="zoom"):
        kit.page_style("draw/wide_canvas", key="canvas")
