"""The documents say what is there, and what is there is in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.__main__ import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = [*ROOT.glob("lab/**/*.py"), *ROOT.glob("bench/*.py"), *ROOT.glob("tests/support/*.py")]
VARIABLE = re.compile(r"""["'](LAB_[A-Z_]+)["']""")


def test_every_setting_of_the_lab_is_in_the_readme() -> None:
    used = {name for path in CODE for name in VARIABLE.findall(path.read_text())}
    assert used
    assert {name for name in used if f"`{name}`" not in README} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"python -m lab {name}" in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_picture_of_a_document_is_there(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_the_pinned_torch_is_the_one_the_readme_names() -> None:
    pins = (ROOT / "requirements.txt").read_text()
    assert all(pin in pins for pin in re.findall(r"torch(?:vision)?==[\d.]+", README))
