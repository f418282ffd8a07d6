"""The documents say what is there, and what is there is in the documents."""

from __future__ import annotations

import configparser
import importlib
import re
from collections.abc import Mapping
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


def written_paths(document: Path) -> list[str]:
    """The files and folders of this project that a document names in its text."""
    words = re.findall(r"`([^`\s]+)`", document.read_text())
    tops = ("lab/", "pages/", "tests/", "bench/", "docs/", "static/")
    return [word for word in words if word.startswith(tops) and not set(word) & set("*<>{}?")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    assert [path for path in written_paths(document) if not (ROOT / path).exists()] == []


def section(document: str, title: str) -> str:
    """The text under a heading of the second level."""
    return document.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


ADDING = section(README, "Adding to it")
SYMBOLS = re.findall(r"`(\w+)`\s+in\s+`([\w/]+)\.py`", ADDING)


@pytest.mark.parametrize(("symbol", "path"), SYMBOLS)
def test_what_is_to_be_added_to_is_where_the_readme_says(symbol: str, path: str) -> None:
    module = importlib.import_module(path.removesuffix("/__init__").replace("/", "."))
    assert getattr(module, symbol)


def test_every_table_of_parts_is_named_where_something_is_added() -> None:
    named = {symbol for symbol, _ in SYMBOLS if symbol.isupper()}
    modules = [
        importlib.import_module(f"lab.parts.{path.stem}") for path in (ROOT / "lab/parts").glob("*s.py")
    ]
    tables = {
        name
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and is_table(value)
    }
    assert tables
    assert tables | {"LAYERS"} == named


def is_table(value: object) -> bool:
    """Whether it maps the kinds of parts to what they are."""
    return isinstance(value, Mapping) and all(isinstance(kind, str) for kind in value)


def test_every_page_is_a_row_of_app_py_and_a_room() -> None:
    app = (ROOT / "app.py").read_text()
    pages = [path.stem for path in (ROOT / "pages").glob("[!_]*.py")]
    assert pages
    assert [page for page in pages if f"pages/{page}.py" not in app] == []
    assert [page for page in pages if not (ROOT / "pages/ui" / page).is_dir()] == []


TREE_LINE = re.compile(r"^(    (?: {2})*)([\w.]+/?) {2,}(\S.*)$|^(    )(lab/)$")


def tree() -> dict[str, str]:
    """The rooms and doors of docs/architecture.md by their path, each with what it is for, in their order."""
    found: dict[str, str] = {}
    above: list[str] = []
    text = (ROOT / "docs/architecture.md").read_text().split("**Rooms.**", 1)[1]
    for line in text.splitlines():
        if match := TREE_LINE.match(line):
            indent, name, purpose = match[1] or match[4], match[2] or match[5], match[3] or ""
            above = [*above[: len(indent) // 2 - 2], name]
            found["".join(above)] = purpose
    return found


def folders(top: str, depth: int) -> set[str]:
    """The folders with Python files so deep under one of the project's."""
    found = {path.parent.relative_to(ROOT) for path in (ROOT / top).rglob("*.py")}
    return {f"{path.as_posix()}/" for path in found if 1 <= len(path.parts) <= depth}


def test_the_tree_names_every_room_and_every_module_at_the_door() -> None:
    doors = {f"lab/{path.name}" for path in (ROOT / "lab").glob("*.py") if path.name != "__init__.py"}
    mirrored = {"tests/", "tests/lab/", "tests/pages/"}
    rooms = folders("lab", 3) | folders("pages", 3) | (folders("tests", 2) - mirrored) | folders("bench", 1)
    assert rooms | doors == set(tree()) - {"tests/", "static/", "docs/"}


def test_what_the_tree_names_is_there_and_has_its_purpose() -> None:
    assert [path for path in tree() if not (ROOT / path).exists()] == []
    assert [path for path, purpose in tree().items() if not purpose] == ["lab/"]


def test_the_tree_stands_in_the_order_in_which_imports_go() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    lines = contracts["importlinter:contract:rooms"]["layers"].strip().splitlines()
    layer_of = {room.strip(): number for number, line in enumerate(lines) for room in line.split("|")}
    inner = [path.removeprefix("lab/") for path in tree() if path.startswith("lab/") and path != "lab/"]
    doors = [path.strip("/").removesuffix(".py") for path in inner if "/" not in path.strip("/")]
    order = [layer_of[door] for door in doors]
    assert order == sorted(order)
    assert len(order) == len(layer_of)
