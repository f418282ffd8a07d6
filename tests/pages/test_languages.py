"""A page opened in Chinese says nothing of its own in English."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lab.texts import catalogue, speaking

ROOT = Path(__file__).resolve().parent.parent.parent


def opened(page: str, **parts: str) -> AppTest:
    """The page in Chinese, opened by a link with these parts."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    app.query_params.update({"lang": ["zh"], **{key: [value] for key, value in parts.items()}})
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def shown(app: AppTest) -> set[str]:
    """Every string that the page sends to the browser, those of tables and components too."""
    found = set[str]()
    for node in _nodes(app._tree):
        proto = getattr(node, "proto", None)
        for words in _strings(proto) if proto is not None else ():
            found |= {words.strip(), *(piece.strip() for piece in _inner(words))}
    return found


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def _strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        for each in value if field.is_repeated else (value,):
            if isinstance(each, str):
                yield each
            elif hasattr(each, "ListFields"):
                yield from _strings(each)


def _inner(words: str) -> Iterator[str]:
    """The texts within HTML, Markdown's bold and badges, and the JSON of a component."""
    if words.startswith(("{", "[")):
        yield from _leaves(json.loads(words))
    elif words.startswith("<"):
        for inner, quoted in re.findall(r">([^<]+)<|(?:title|aria-label)=\"([^\"]+)\"", words):
            yield html.unescape(inner or quoted)
    else:
        yield from (inner or badge for inner, badge in re.findall(r"\*\*(.+?)\*\*|-badge\[(.+?)\]", words))


def _leaves(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _leaves(value)
    elif isinstance(data, list):
        for value in data:
            yield from _leaves(value)


def english(room: str) -> dict[str, re.Pattern[str]]:
    """The English sentences of a room that Chinese says otherwise, as patterns of what they may read."""
    chinese, patterns = catalogue.room("zh", room), {}
    for key, words in catalogue.room("en", room).items():
        fixed = re.split(r"\{[^}]*\}", words)
        # A word alone may be a code, "{a} of {b}" reads like much that other rooms say.
        least = 2 if len(fixed) == 1 else 3
        if words != chinese[key] and len(re.findall("[A-Za-z]{2,}", " ".join(fixed))) >= least:
            patterns[key] = re.compile(".+".join(map(re.escape, fixed)), re.DOTALL)
    return patterns


def left_in_english(app: AppTest, room: str) -> list[tuple[str, str]]:
    patterns = english(room)
    return [
        (key, words) for words in shown(app) for key, pattern in patterns.items() if pattern.fullmatch(words)
    ]


BY_HAND = ["参数", "核对", "公式检验", "练习", "训练步骤", "导出"]
WRONG = {"train.epochs": "0", "preset": "lenet", "network.layers.1.units": "x"}
ROWS = [
    ("home", "home", {}, ""),
    *(("by_hand", "by_hand_page", {"taken": "2", "selected": "u1", "step": "5"}, tab) for tab in BY_HAND),
    ("by_hand", "by_hand_page", {"loss": "bce", "b2": "-5,0.2"}, "核对"),
    ("by_hand", "by_hand_page", {"exercise": "1", "step": "2"}, "练习"),
    *(
        ("by_hand", "by_hand", {"selected": name, "step": step, "output": "softmax", "loss": "ce"}, tab)
        for name, step, tab in zip(
            ("x1", "bias1", "u4", "u5", "w5_1", "J"), ("1", "5", "11", "16", "24", "39"), BY_HAND, strict=True
        )
    ),
    (
        "by_hand",
        "by_hand",
        {"detail": "fine", "step": "4", "sizes": "3-40-2", "lr": "x", "momentum": "1"},
        "",
    ),
    ("by_hand", "by_hand", {"loss": "bce", "b2": "-5,0.2", "selected": "J"}, "公式检验"),
    *(("train", room, {}, "") for room in ("train", "kit", "presets")),
    *(("train", room, WRONG, "") for room in ("train", "kit", "registry", "link")),
    ("runs", "runs", {}, ""),
    ("runs", "runs", {"run": "no-such-run"}, ""),
]


@pytest.mark.parametrize(("page", "room", "parts", "tab"), ROWS)
def test_a_page_in_chinese_has_no_english_sentence_of_its_room(
    page: str, room: str, parts: dict[str, str], tab: str
) -> None:
    app = opened(page, **parts)
    if tab:
        app.session_state[f"{page}/tab"] = tab
        with speaking("zh"):  # AppTest, outside the page, asks for the names of options again
            app.run()
    assert not app.exception
    assert left_in_english(app, room) == []
