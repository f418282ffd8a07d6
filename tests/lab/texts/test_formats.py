"""Values are written by one rule each, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.texts import formats, speaking


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0.04, "0 s", "0 秒"),
        (0.4, "0.4 s", "0.4 秒"),
        (9.94, "9.9 s", "9.9 秒"),
        (9.96, "10 s", "10 秒"),
        (59.6, "1 min", "1 分钟"),
        (95, "1 min 35 s", "1 分 35 秒"),
        (3599.7, "1 h", "1 小时"),
        (7500, "2 h 5 min", "2 小时 5 分"),
        (90_000, "1 d 1 h", "1 天 1 小时"),
    ],
)
def test_a_duration_is_its_two_largest_units(seconds: float, english: str, chinese: str) -> None:
    with speaking("en"):
        assert formats.duration(seconds) == english
    with speaking("zh"):
        assert formats.duration(seconds) == chinese


@given(st.floats(0, 1e7))
def test_a_duration_never_says_sixty(seconds: float) -> None:
    assert not any(f"{word} " in f" {formats.duration(seconds)} " for word in ("60 s", "60 min", "24 h"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(value: float) -> None:
    assert float(formats.number(value).replace(",", "")) == value


def test_numbers_shares_sizes_and_shapes() -> None:
    assert [formats.number(n) for n in (16384, 0.001, 1e-08, 3.0, None)] == [
        "16,384",
        "0.001",
        "1e-08",
        "3",
        "",
    ]
    assert [formats.rounded(n) for n in (0.012345, 1.4612, 1234.5)] == ["0.0123", "1.46", "1,230"]
    assert (formats.percent(0.97123), formats.whole_percent(0.97)) == ("97.1%", "97%")
    assert [formats.size(n) for n in (12, 1_200, 3_400_000, 1.2e9)] == ["12 B", "1.2 kB", "3.4 MB", "1.2 GB"]
    assert formats.fine_percent(0.97123) == "97.12%"
    assert formats.shape((1, 28, 28)) == "1 × 28 × 28"


def test_sentences_stand_one_after_another() -> None:
    assert formats.in_a_row([]) == ""
    assert formats.in_a_row(["It rains.", "Wait."]) == "It rains. Wait."
    with speaking("zh"):
        assert formats.in_a_row(["下雨了。", "请稍候。"]) == "下雨了。请稍候。"


def test_lists_are_said_as_the_language_says_them() -> None:
    assert (formats.listed("abc"), formats.either("abc"), formats.listed("a")) == (
        "a, b and c",
        "a, b or c",
        "a",
    )
    with speaking("zh"):
        assert (formats.listed("abc"), formats.either("ab")) == ("a、b和c", "a或b")


@pytest.mark.parametrize(
    ("reference", "chinese"),
    [
        ("Document, section 4.5", "文档第 4.5 节"),
        ("Document, section 4.5.3 (torch.nn.Linear)", "文档第 4.5.3 节 (torch.nn.Linear)"),
        ("Document, sections 3.1.3 and 4.5.4", "文档第 3.1.3 和 4.5.4 节"),
        ("Kingma & Ba 2015, ICLR; Document, section 3.1.3", "Kingma & Ba 2015, ICLR; 文档第 3.1.3 节"),
        ("Nair & Hinton 2010, ICML", "Nair & Hinton 2010, ICML"),
        ("", ""),
    ],
)
def test_a_source_is_cited_and_a_section_of_the_document_is_said(reference: str, chinese: str) -> None:
    assert formats.source(reference) == reference
    with speaking("zh"):
        assert formats.source(reference) == chinese


def test_a_noun_goes_with_its_number() -> None:
    assert [formats.noun(n, ["run", "runs"]) for n in (0, 1, 2, 1.5)] == ["runs", "run", "runs", "runs"]
    with speaking("zh"):
        assert formats.noun(1, ["次"]) == "次"


def test_operations_and_sentences() -> None:
    assert [formats.flops(n) for n in (12, 401_408, 2.4e6, 3e9)] == [
        "12 FLOP",
        "401 kFLOP",
        "2.4 MFLOP",
        "3 GFLOP",
    ]
    assert (formats.sentence("is missing"), formats.sentence("缺失"), formats.sentence("")) == (
        "Is missing",
        "缺失",
        "",
    )
