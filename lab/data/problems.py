"""What is wrong with a file of a data set, in words.

Owns one sentence for each problem. Looks at no file.
"""

from __future__ import annotations

from collections.abc import Iterable

from lab.events import FileProblem


def in_words(problem: FileProblem) -> str:
    """One problem, naming the file."""
    match problem.code:
        case "missing":
            return f"{problem.file} is not there"
        case "packed_wrong":
            return f"{problem.file} is damaged: it cannot be unpacked"
        case "unreadable":
            return f"{problem.file} cannot be read: {problem.detail}"
        case "wrong_size":
            size = "more" if problem.size is None else f"{problem.size:,} bytes"
            return f"{problem.file} is truncated or not MNIST: {size} instead of {problem.expected:,}"
        case "wrong_content":
            return f"{problem.file} is corrupt: its sha256 is not MNIST's"
        case "unwritable":
            return f"{problem.file} cannot be written to {problem.folder}: {problem.detail}"


def all_in_words(problems: Iterable[FileProblem]) -> str:
    """Several problems in a line, each once."""
    return "; ".join(dict.fromkeys(map(in_words, problems)))
