"""Finds, in the source, the texts that are asked for and the words that stand in code instead of in a catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ASKING = {"text", "said", "Text"}
_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z(]{1,}|[\u4e00-\u9fff]")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
# What programmers read, not people: the log, the database, patterns.
_SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|BEGIN|PRAGMA|FROM|WHERE|AND|ORDER)\b")
_CSS = re.compile(r"[a-z-]+\([a-z ]+,.*\)")
_LOGGED = {"debug", "info", "warning", "error", "exception", "critical", "log", "getLogger", "filterwarnings"}
_FOR_PROGRAMMERS = {"AssertionError", "TypeError", "RuntimeError", "NotImplementedError", "KeyError"}
# Keywords and variables whose words are names, not language.
_NAMES = {"source", "formula", "key", "fieldnames", "css", "js", "html", "environ", "match", "user_agent"}
# What a person sees of these calls of Streamlit is their first argument.
_SHOWING = {
    "title", "header", "subheader", "markdown", "caption", "button", "write", "info", "warning", "error", "success",
    "toast", "expander", "popover", "text_input", "text_area", "selectbox", "multiselect", "slider", "select_slider",
    "toggle", "checkbox", "radio", "pills", "segmented_control", "download_button", "link_button", "page_link",
    "file_uploader", "metric", "spinner", "status", "progress", "number_input", "camera_input", "dialog", "Page",
}  # fmt: skip
_SHOWN = {
    "help",
    "label",
    "placeholder",
    "description",
    "title",
    "summary",
    "caption",
    "epilog",
    "metavar_text",
}


def sources() -> list[Path]:
    """The files of the lab and its pages."""
    return [ROOT / "app.py", *sorted((ROOT / "lab").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]


@dataclass(frozen=True)
class Asked:
    """One place where code asks for a text."""

    file: str
    line: int
    key: str
    values: frozenset[str] | None  # None where they cannot be told from the source


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def asked(path: Path) -> Iterator[Asked]:
    """Every text that a file asks for by a literal key."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and _name(node) in _ASKING and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                names = [keyword.arg for keyword in node.keywords]
                told = None if None in names else frozenset(str(name) for name in names)
                yield Asked(str(path.relative_to(ROOT)), node.lineno, first.value, told)


def constants(path: Path) -> set[str]:
    """Every string of a file: a key may stand in a table and be asked for elsewhere."""
    tree = ast.parse(path.read_text())
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@dataclass(frozen=True)
class Literal:
    """Words in code that a person would read."""

    file: str
    line: int
    words: str


def _is_python(words: str) -> bool:
    """Whether these lines are a program, which is in no language that people speak."""
    if "\n" not in words:
        return False
    try:
        ast.parse(words)
    except SyntaxError:
        return False
    return True


class _Words(ast.NodeVisitor):
    def __init__(self, file: str) -> None:
        self.file, self.literals = file, list[Literal]()

    def _add(self, node: ast.expr, words: str) -> None:
        self.literals.append(Literal(self.file, node.lineno, " ".join(words.split())[:100]))

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        named = isinstance(node.target, ast.Name) and node.target.id in _NAMES
        if node.value and not named:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for child in [
            *node.decorator_list,
            *node.body,
            *node.args.defaults,
            *filter(None, node.args.kw_defaults),
        ]:
            self.visit(child)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node)
        if name in _LOGGED | _ASKING | _FOR_PROGRAMMERS | {"compile", "Literal", "TypeVar", "cast"}:
            return
        shown = node.args[:1] if name in _SHOWING else []
        shown += [keyword.value for keyword in node.keywords if keyword.arg in _SHOWN]
        for value in shown:
            if (
                isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and self._one_word(value.value)
            ):
                self._add(value, value.value)
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in _NAMES:
                self.visit(keyword.value)

    @staticmethod
    def _one_word(words: str) -> bool:
        plain = re.sub(r":[a-z_/]+:|<[^>]+>|\$[^$]*\$|`[^`]*`|[\w/]+\.py$", "", words)
        return bool(_LETTERS.search(plain)) and not _WORDS.search(words)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        words = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
        pieces = [v for v in node.values if isinstance(v, ast.FormattedValue)]
        told = sum(isinstance(v.value, ast.Call) and _name(v.value) in _ASKING for v in pieces)
        if self._speaks(words) or told > 1:
            self._add(node, words)
        for value in pieces:
            self.visit(value.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        sides = (node.left, node.right)
        if isinstance(node.op, ast.Add) and any(
            isinstance(s, ast.Call) and _name(s) in _ASKING for s in sides
        ):
            self._add(node, ast.unparse(node))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and self._speaks(node.value):
            self._add(node, node.value)

    @staticmethod
    def _speaks(words: str) -> bool:
        plain = re.sub(
            r"<(style|script)[^>]*>.*?</\1>|<[^>]+>|\$[^$]*\$|\\[a-z]+\{[^}]*\}", " ", words, flags=re.S
        )
        if not _WORDS.search(plain) or _SQL.match(words) or _CSS.match(words) or "\\" in plain:
            return False
        return not _is_python(words)


def literals(path: Path) -> list[Literal]:
    """The words in a file that a person would read and that stand in no catalogue, and sentences glued together."""
    visitor = _Words(str(path.relative_to(ROOT)))
    visitor.visit(ast.parse(path.read_text()))
    return visitor.literals
