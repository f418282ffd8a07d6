"""What is wrong with a file of a data set, as sentences.

Owns which sentence is said of which problem. Looks at no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from lab.events import FileProblem
from lab.texts import Text, said


def problem_said(problem: FileProblem) -> Text:
    """One problem, naming the file."""
    file, detail = problem.file, problem.detail
    match problem.code:
        case "missing":
            return said("data.problems.missing", file=file)
        case "packed_wrong":
            return said("data.problems.packed_wrong", file=file)
        case "unreadable":
            return said("data.problems.unreadable", file=file, reason=detail)
        case "wrong_size" if problem.size is None:
            return said("data.problems.too_long", file=file, expected=problem.expected)
        case "wrong_size":
            return said("data.problems.wrong_size", file=file, size=problem.size, expected=problem.expected)
        case "wrong_content":
            return said("data.problems.wrong_content", file=file)
        case "unwritable":
            return said("data.problems.unwritable", file=file, folder=problem.folder, reason=detail)


def in_words(problem: FileProblem) -> str:
    """One problem, in the reader's language."""
    return str(problem_said(problem))


def all_said(problems: Iterable[FileProblem]) -> Text:
    """Several problems, at least one, in a line, each once."""
    return one_after_another(map(problem_said, dict.fromkeys(problems)))


def all_in_words(problems: Iterable[FileProblem]) -> str:
    """Several problems in the reader's language; "" where there are none."""
    several = tuple(problems)
    return str(all_said(several)) if several else ""


def one_after_another(sentences: Iterable[Text]) -> Text:
    """Several sentences, at least one, as one."""
    return reduce(_and_then, sentences)


def _and_then(first: Text, second: Text) -> Text:
    return said("data.problems.and_then", first=first, second=second)
