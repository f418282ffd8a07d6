"""Why a drawing is called no digit, in words.

Owns one sentence for each refusal. Decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.texts import Text, said

if TYPE_CHECKING:
    from lab.models.outliers import Refusal

_WORDS: dict[Refusal, Text] = {
    "empty": said("models.refusal.empty"),
    "dot": said("models.refusal.dot"),
    "full": said("models.refusal.full"),
    "strange": said("models.refusal.strange"),
}
_ABOVE_ANSWERS: dict[Refusal, Text] = {
    "empty": said("models.refusal_above.empty"),
    "dot": said("models.refusal_above.dot"),
    "full": said("models.refusal_above.full"),
    "strange": said("models.refusal_above.strange"),
}


def refusal_in_words(refusal: Refusal | None) -> str:
    """Why a drawing is no digit; "" where it is one."""
    return str(_WORDS[refusal]) if refusal else ""


def above_answers(refusal: Refusal | None) -> str:
    """The same where ten probabilities are shown all the same; "" where it is a digit."""
    return str(_ABOVE_ANSWERS[refusal]) if refusal else ""
