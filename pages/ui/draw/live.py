"""The live answers: frames the sheet, asks the chosen models, and words what they say for the pad.

Owns the pad's fragment. Everything slower than a stroke belongs into the fragment below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from lab.ink.framing import Framing, frame
from lab.models.wording import above_answers, refusal_in_words
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
    said: dict[str, Any] = {"model": option.title, "probabilities": None, "digit": None, "is_digit": False}
    if not ready():
        return said | {"says": "Loading the network…"}
    if framing is None:
        return said | {"says": "Waiting for your drawing."}
    from lab.models.answers import answer
    from lab.models.loading import ModelError

    try:
        model, note = load(option)
    except ModelError as error:
        return said | {"says": str(error)}
    found = answer(model, framing)
    if option.is_run and model.epoch:
        said["model"] = f"{option.title}, after epoch {model.epoch}"
    return said | {
        "probabilities": list(found.probabilities),
        "digit": found.digit,
        "is_digit": found.is_digit,
        "says": " ".join(part for part in (note, words(found)) if part),
    }


def words(found: Prediction) -> str:
    """The answer in a sentence: its margin, or why it is no digit."""
    if not found.is_digit:
        return refusal_in_words(found.refusal)
    order = sorted(range(10), key=lambda digit: -found.probabilities[digit])
    return f"{100 * found.margin:.1f} points ahead of\u00a0{order[1]}."


def no_digit(found: Prediction) -> str:
    """What stands above ten probabilities where the drawing is refused."""
    return above_answers(found.refusal)
