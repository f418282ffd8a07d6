"""What a process without a reader has to say is read in the reader's language."""

from __future__ import annotations

from lab.events import Failed, Refused, from_json, to_json
from lab.reasons import in_words, reasons_of
from lab.registry import FieldError, SpecError
from lab.texts import said, speaking


def arrived(error: Exception) -> str:
    """What is read of an error after its way through a pipe."""
    failed = Failed(step=3, cause=Refused(what="spec", reasons=reasons_of(error)))
    there = from_json(to_json(failed))
    assert there == failed
    assert isinstance(there, Failed)
    assert isinstance(there.cause, Refused)
    return in_words(there.cause.reasons)


def test_each_wrong_field_is_said_in_the_language_of_whoever_reads() -> None:
    tired = said("units.minutes_seconds", n=3, m=20)
    error = SpecError([FieldError("train.epochs", "9", tired), FieldError("", "", "plain words")])
    assert arrived(error) == "train.epochs: 3 min 20 s\nplain words"
    with speaking("zh"):
        assert "3 分 20 秒" in arrived(error)


def test_a_text_within_a_text_is_one_there_too() -> None:
    error = ValueError(said("commands.error", problem=said("units.seconds", n=2)))
    with speaking("zh"):
        assert arrived(error) == "错误：2 秒"


def test_lists_and_what_is_no_json_arrive_as_they_are_written() -> None:
    error = ValueError(said("network.nothing_left", shape=(1, 28, 28)))
    assert arrived(error) == "nothing is left of 1 × 28 × 28"
    assert arrived(OSError(said("commands.error", problem=KeyError("x")))) == "error: 'x'"


def test_another_librarys_words_stay_as_they_are() -> None:
    assert arrived(ValueError("no such thing")) == "no such thing"
    assert arrived(ValueError()) == ""
