"""The live answers: frames the sheet, asks the chosen models, and words what they say for the pad.

Owns the pad's fragment. Everything slower than a stroke belongs into the fragment below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from lab.ink.framing import Framing, frame
from lab.models.wording import above_answers, refusal_in_words
from lab.texts import text
from pages.ui.draw.models import ModelChoice, load, ready, waiting_is_over
from pages.ui.draw.pad import pad
from pages.ui.draw.sheet import receive

if TYPE_CHECKING:
    from lab.models.answers import Prediction

LIVE_KEY, DEPTH_KEY = "draw/live", "draw/depth"
SHOWN_KEY = "draw/depth-shown"


def live(options: tuple[ModelChoice, ...]) -> None:
    """The pad with the answers beside it; runs at each message of the pad, and on a timer while needed."""
    now = receive()
    if waiting_is_over(options):
        st.rerun()  # the timer ends with a run of the whole page
    framing = None if now.is_empty or not ready() else frame(now.source, stages=False)
    pad(now, [panel(framing, option) for option in options], on_rest=_after_rest)


def _after_rest() -> None:
    # Naming fragments replaces what was to run: a stroke that came in the same breath must not be lost.
    if st.session_state.get(SHOWN_KEY):
        st.rerun([LIVE_KEY, DEPTH_KEY])


def panel(framing: Framing | None, option: ModelChoice) -> dict[str, Any]:
    """What one model says about the framed sheet, as the pad shows it."""
    if not ready():
        return _silent(option.title, text("draw.loading"))
    if framing is None:
        return _silent(option.title, text("draw.live.waiting"))
    from lab.models.answers import answer
    from lab.models.loading import ModelError

    try:
        model, note = load(option)
    except ModelError as error:
        return _silent(option.title, str(error))
    found = answer(model, framing)
    title = option.title
    if option.is_run and model.epoch:
        title = text("draw.live.after_epoch", title=title, epoch=model.epoch)
    says = text("draw.live.noted", note=note, answer=words(found)) if note else words(found)
    return _spoken(title, says) | {
        "probabilities": list(found.probabilities),
        "digit": found.digit,
        "is_digit": found.is_digit,
    }


def _silent(title: str, says: str) -> dict[str, Any]:
    return _spoken(title, says) | {"probabilities": None, "digit": None, "is_digit": False}


def _spoken(title: str, says: str) -> dict[str, Any]:
    return {"model": title, "says": says, "aloud": text("draw.live.aloud", model=title, says=says)}


def words(found: Prediction) -> str:
    """The answer in a sentence: its margin, or why it is no digit."""
    if not found.is_digit:
        return refusal_in_words(found.refusal)
    order = sorted(range(10), key=lambda digit: -found.probabilities[digit])
    return text("draw.live.ahead", points=f"{100 * found.margin:.1f}", digit=order[1])


def no_digit(found: Prediction) -> str:
    """What stands above ten probabilities where the drawing is refused."""
    return above_answers(found.refusal)
