"""Every module has the test file of its name, and every test file the module of its name.

`lab/<room>/<word>.py` is tested in `tests/lab/<room>/test_<word>.py`, a face (`__init__.py` with something in it) or a
room as a whole in `tests/lab/<room>/test_<room>.py`. A page, with all that only it draws (`pages/ui/<page>/`), is opened
as a whole by `tests/pages/test_<page>.py`; what it decides has `tests/pages/<page>/test_<word>.py` beside that. The kit
has no page: each of its modules is tested by name. What stands apart stands below, each with its reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"

WITHOUT_A_TEST = {
    "lab/engines/__init__.py": "the contract: tests/lab/engines/contract.py holds every engine to it",
    "lab/runner/__main__.py": "one line; tests/lab/runner/test_process.py runs it as a process",
    "pages/ui/kit/entry.py": "Streamlit's private state, which AppTest lacks: tests/browser/test_cold_links.py",
    "pages/ui/kit/network_picture.py": "a seam to the browser: tests/browser/test_train.py and test_runs.py",
}
WITHOUT_A_MODULE = {
    "tests/test_docs.py": "the documents",
    "tests/test_mirror.py": "the tests themselves",
    "tests/test_start_up.py": "what every page imports",
    "tests/lab/models/test_pen_digits.py": "framing and models on real pen digits",
    "tests/lab/steps/test_devices.py": "steps on a device that is not the CPU",
    "tests/lab/steps/test_resuming.py": "steps taken up again, to the last bit",
    "tests/lab/training/test_accuracy.py": "the claim on MNIST",
    "tests/lab/training/test_recipes.py": "every part of every table learns",
    "tests/pages/test_languages.py": "every page in Chinese",
    "tests/pages/test_session_keys.py": "the names of what a session keeps",
    "tests/pages/test_start.py": "what the first page imports",
    "tests/pages/test_train_docs.py": "docs/train.md",
    "tests/static/test_browser_code.py": "browser code, which node tests beside it",
}
# Journeys, the second engine and the measurements mirror nothing.
APART = ("tests/browser/", "tests/differential/", "tests/bench/")


def says_nothing(path: Path) -> bool:
    """Whether a file has at most a docstring, imports and `__all__`."""
    passive = (ast.Expr, ast.Import, ast.ImportFrom)
    body = [
        node for node in ast.parse(path.read_text(encoding="utf-8")).body if not isinstance(node, passive)
    ]
    return all(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" for node in body)


def modules() -> list[str]:
    """Every module of the lab and of the pages that has something to test."""
    paths = [path for top in ("lab", "pages") for path in (ROOT / top).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths if not says_nothing(path))


def mirror_of(module: str) -> str:
    """Where a module is tested by name."""
    path = Path(module)
    folder = Path("tests", *(part for part in path.parts[:-1] if part != "ui"))
    word = path.parent.name if path.stem == "__init__" else path.stem.strip("_")
    return (folder / f"test_{word}.py").as_posix()


def page_test(module: str) -> str:
    """The test that opens the page to which a module belongs; nothing for the kit and the lab."""
    parts = Path(module).parts
    belongs = parts[:2] == ("pages", "ui") and parts[2] != "kit"
    return f"tests/pages/test_{parts[2]}.py" if belongs else ""


def mirroring() -> set[str]:
    """Every test file that is to mirror something."""
    found = {path.relative_to(ROOT).as_posix() for path in TESTS.rglob("test_*.py")}
    return {path for path in found if not path.startswith(APART)}


def test_every_module_has_the_test_file_of_its_name() -> None:
    there = mirroring()
    missing = [
        f"{module}: {mirror_of(module)}"
        for module in modules()
        if module not in WITHOUT_A_TEST and mirror_of(module) not in there and page_test(module) not in there
    ]
    assert missing == []


def test_every_test_file_has_its_module() -> None:
    named = {mirror_of(module) for module in modules()}
    rooms = {
        (folder.relative_to(TESTS) / f"test_{folder.name}.py").as_posix()
        for folder in TESTS.rglob("*")
        if folder.is_dir()
    }
    rooms = {f"tests/{room}" for room in rooms}
    strays = mirroring() - named - rooms - set(WITHOUT_A_MODULE)
    assert strays == set()


def test_what_stands_apart_is_there_and_needs_to() -> None:
    assert [path for path in (*WITHOUT_A_TEST, *WITHOUT_A_MODULE) if not (ROOT / path).exists()] == []
    there = mirroring()
    assert [module for module in WITHOUT_A_TEST if mirror_of(module) in there] == []
    named = {mirror_of(module) for module in modules()}
    assert [path for path in WITHOUT_A_MODULE if path in named] == []


def test_every_test_file_tests_something() -> None:
    for path in TESTS.rglob("test_*.py"):
        names = {
            node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
        }
        classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
        assert any(name.startswith("test_") for name in names) or classes, path
