"""Each problem of a file is said with the file's name, and several in one line, each once."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from lab.data.problems import all_in_words, in_words
from lab.events import FileProblem

CODES = get_args(get_type_hints(FileProblem)["code"])


@pytest.mark.parametrize("code", CODES)
def test_every_problem_names_its_file(code: str) -> None:
    assert {"file", "code", "size", "expected", "folder", "detail"} == {
        one.name for one in fields(FileProblem)
    }
    problem = FileProblem(file="t10k", code=code, size=5, expected=10_008, folder="/data", detail="denied")  # type: ignore[arg-type]
    assert in_words(problem).startswith("t10k ")


def test_the_same_problem_is_said_once() -> None:
    missing = FileProblem(file="t10k", code="missing")
    longer = FileProblem(file="train", code="wrong_size", expected=10_008)
    assert all_in_words([missing, longer, missing]) == (
        "t10k is not there; train is not MNIST: it has more than 10,008 bytes"
    )
