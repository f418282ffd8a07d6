"""Why a drawing is called no digit, as English sentences.

Owns one sentence for each refusal. Decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.models.outliers import Refusal

_WORDS: dict[Refusal | None, str] = {
    None: "",
    "empty": "The canvas is empty.",
    "dot": "Too little ink: there is no line, only a dot or a few.",
    "full": "Too much ink: there is no line to follow.",
    "strange": "This does not look like a digit: it is too far from everything seen in training.",
}
_ABOVE_ANSWERS: dict[Refusal | None, str] = {
    None: "",
    "empty": "This does not look like a digit: the canvas is empty.",
    "dot": "This does not look like a digit: too little ink: there is no line, only a dot or a few.",
    "full": "This does not look like a digit: too much ink: there is no line to follow.",
    "strange": "This does not look like a digit: it is too far from everything seen in training.",
}


def refusal_in_words(refusal: Refusal | None) -> str:
    """Why a drawing is no digit; "" where it is one."""
    return _WORDS[refusal]


def above_answers(refusal: Refusal | None) -> str:
    """The same where ten probabilities are shown all the same."""
    return f"{_ABOVE_ANSWERS[refusal]} The network knows only ten answers; below is what it would say."
