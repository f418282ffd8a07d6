"""All code for the browser: it parses, its imports name what there is, and its pure functions do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATIC = ROOT / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
NAMES = [path.relative_to(STATIC).as_posix() for path in SCRIPTS]
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs node, and there is none on the path")

ONE = re.compile(r"const \{([^}]+)\} = await import\(\s*`([^`$]+)\$")
SEVERAL = re.compile(r"const \[([^\]]+)\] = await Promise\.all\(\s*\[([^\]]+)\]", re.S)
EXPORT = re.compile(r"^export (?:async )?(?:const|function) (\w+)", re.M)


def imports(text: str) -> list[tuple[str, set[str]]]:
    """Each file that a script imports, and the names it takes from there; a whole module takes none."""
    found = [(path, names) for names, path in ONE.findall(text)]
    for targets, paths in SEVERAL.findall(text):
        several = re.findall(r"\{([^}]+)\}|(\w+)", targets)
        found += zip(re.findall(r'"([^"]+)"', paths), (braced for braced, _ in several), strict=True)
    return [(path, {name.strip() for name in names.split(",") if name.strip()}) for path, names in found]


def node(*arguments: str) -> None:
    assert NODE is not None
    done = subprocess.run([NODE, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_node
@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_script_parses(script: Path) -> None:
    assert NODE is not None
    # As a module, whatever the version of node takes a file of this name for.
    checking = [NODE, "--input-type=module", "--check"]
    done = subprocess.run(checking, input=script.read_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


@needs_node
@pytest.mark.parametrize("suite", sorted(HERE.glob("*.test.js")), ids=lambda path: path.name)
def test_pure_functions_do_what_they_say(suite: Path) -> None:
    node("--test", str(suite))


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_import_names_what_there_is(script: Path) -> None:
    for path, names in imports(script.read_text(encoding="utf-8")):
        target = (script.parent / path).resolve()
        assert target in SCRIPTS, f"{script.name} imports {path}, which is not there"
        missing = names - set(EXPORT.findall(target.read_text(encoding="utf-8")))
        assert not missing, f"{script.name} takes {missing} from {path}, which does not export it"


def test_every_import_is_looked_at() -> None:
    texts = [script.read_text(encoding="utf-8") for script in SCRIPTS]
    assert sum(bool(imports(text)) for text in texts) == sum("import.meta.url" in text for text in texts) > 5


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_every_script_hands_its_version_on_to_what_it_imports(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    if script.name != "stub.js" and "import(" in text:
        assert "new URL(import.meta.url).search" in text
    assert not re.search(r"^import ", text, re.M), (
        "a plain import carries no version: a browser could mix two releases"
    )


def test_browser_code_stands_in_files_of_its_own() -> None:
    pages = [ROOT / "app.py", *(ROOT / "pages").rglob("*")]
    assert not [path for path in pages if path.suffix in (".js", ".css")]
    owner = ROOT / "pages" / "ui" / "kit" / "component.py"
    strings = re.compile(r"<style|<script|\bjs=|\bcss=|components\.v[12]")
    held = [
        path for path in pages if path.suffix == ".py" and strings.search(path.read_text(encoding="utf-8"))
    ]
    assert held == [owner]
