"""The catalogues agree with each other and with the code that asks them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from lab.texts import LANGUAGES, Text, catalogue, said, speaking, text
from lab.texts.formats import FORMS
from tests.support.sentences import asked, constants, literals, sources

# Words in code that are none of a page's.
APART = (
    "lab/texts/languages.py",  # each language's own name
    "lab/runs/sentences.py",  # patterns of what an older lab's database says
)  # fmt: skip


def whole(code: str) -> Mapping[str, str]:
    return {key: words for name in catalogue.rooms() for key, words in catalogue.room(code, name).items()}


def fields(words: str) -> list[tuple[str, str]]:
    return [(name, form or "") for _, name, form, _ in Formatter().parse(words) if name is not None]


def test_every_language_has_every_key_and_no_other() -> None:
    english = whole("en").keys()
    for code in LANGUAGES:
        assert whole(code).keys() == english, code


def test_every_language_fills_in_the_same_values() -> None:
    for key, words in whole("en").items():
        names = {name for name, _ in fields(words)}
        for code in LANGUAGES:
            assert {name for name, _ in fields(whole(code)[key])} == names, f"{code} {key}"


def test_every_form_of_a_value_is_known() -> None:
    for code in LANGUAGES:
        for key, words in whole(code).items():
            for name, form in fields(words):
                assert re.fullmatch(r"[a-z_]+", name), f"{code} {key}: {{{name}}}"
                assert not form or "|" in form or form in FORMS, f"{code} {key}: {{{name}:{form}}}"


def test_every_text_that_is_asked_for_stands_in_the_catalogue_with_its_values() -> None:
    english = whole("en")
    for place in (place for path in sources() for place in asked(path)):
        where = f"{place.file}:{place.line} asks for {place.key!r}"
        assert place.key in english, where
        if place.values is not None and place.key in english:
            needed = {name for name, _ in fields(english[place.key])}
            assert needed <= place.values, where
            assert place.values <= needed, f"{where} and gives more than it says"


def test_no_text_lies_about_unused() -> None:
    used = set().union(*(constants(path) for path in sources()))
    unused = [key for key in whole("en") if key not in used]
    assert not unused, unused


def test_no_sentence_stands_in_the_code() -> None:
    seen = [
        f"{one.file}:{one.line}: {one.words}"
        for path in sources()
        for one in literals(path)
        if not one.file.startswith(APART)
    ]
    assert not seen, "\n".join(seen)


def test_chinese_is_chinese() -> None:
    """What reads the same in both languages is a name, a number or a formula, and has no small English word."""
    for key, words in whole("zh").items():
        bare = re.sub(r"\{[^}]*\}|`[^`]*`|\$[^$]*\$", "", words)
        assert not re.search(r"\b(the|of|and|is|are|with|from|this|that|for|not)\b", bare), key


def test_what_is_missing_in_one_language_is_said_in_english(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    for code, words in (("en", 'hello = "Hello {name}"'), ("zh", "")):
        (tmp_path / code).mkdir()
        (tmp_path / code / "greeting.toml").write_text(words)
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with speaking("zh"), caplog.at_level(logging.ERROR):
        assert text("greeting.hello", name="Ada") == "Hello Ada"
    assert "'zh' has no text 'greeting.hello'" in caplog.text


def test_a_text_that_is_nowhere_is_its_key() -> None:
    assert text("nowhere.at_all") == "nowhere.at_all"


def test_a_text_said_later_speaks_the_language_of_then() -> None:
    later = said("units.seconds", n=3)
    assert isinstance(later, Text)
    with speaking("zh"):
        assert str(later) == "3 秒"
    assert f"{later}" == "3 s"
    assert later == said("units.seconds", n=3)


def test_a_value_is_never_read_as_a_template() -> None:
    assert text("units.seconds", n="{secret}") == "{secret} s"
