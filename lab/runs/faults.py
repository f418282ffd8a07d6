"""What went wrong with the fast way of training, as sentences of the reader.

Owns which sentence is said of which fault.
"""

from __future__ import annotations

from lab.events import PlainSteps
from lab.texts import text


def fault_in_words(note: PlainSteps) -> str:
    """Why a run was trained the plain way, to follow a colon."""
    match note.what:
        case "not_made":
            return text("training.fault.not_made", error=note.detail)
        case "broke":
            return text("training.fault.broke", error=note.detail)
        case "loss":
            return text("training.fault.loss")
        case "gradient":
            return text("training.fault.gradient", parameter=note.detail)
        case "update":
            return text("training.fault.update", parameter=note.detail)
        case "other":
            return note.fault
