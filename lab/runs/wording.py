"""What happened in a run as English sentences: one function for each kind of thing, from its cause and values.

Owns every sentence about a run that is made of a cause. Decides nothing, and nothing is decided by what it returns.
"""

from __future__ import annotations

from typing import assert_never

from lab.data import DATASETS
from lab.data.problems import all_in_words
from lab.events import (
    Cause,
    DataStandIn,
    DevicePassedOver,
    Diverged,
    Finished,
    GivenUp,
    Loss,
    Note,
    OtherNote,
    OutOfMemory,
    PlainSteps,
    Resumed,
    Started,
    WeightsCopied,
)
from lab.reasons import in_words
from lab.runs.faults import fault_in_words
from lab.text import counted

_AFTER_CRASHES = (
    "Try another setting of its layers (kernel, stride, channels) or another device,"
    " and report the crash together with the run's configuration."
)
_AFTER_LOSSES = (
    "Start it again; if it ends in the same way, look for a program or a time limit"
    " that ends processes on this machine."
)

# --- what is to be said when a run begins -------------------------------------------------------------


def notice(started: Started) -> str:
    """All that a person should know about a run from its start; "" where there is nothing."""
    return " ".join(note_in_words(note) for note in started.notes)


def note_in_words(note: Note) -> str:
    """One note, as a sentence."""
    match note:
        case DataStandIn():
            return data_stand_in(note)
        case DevicePassedOver(trouble="wrong_numbers"):
            return "Trained on the CPU, for the GPU computes wrong numbers."
        case DevicePassedOver(detail=detail):
            return f"Trained on the CPU, for the GPU does not work here ({detail})."
        case WeightsCopied():
            return weights_copied(note)
        case PlainSteps():
            return (
                f"The fast way of training is not used for this run: {fault_in_words(note)}. "
                "It trains the plain way instead, with the right numbers, but more slowly."
            )
        case OtherNote(text=text):
            return text


def data_stand_in(note: DataStandIn) -> str:
    """Which data are used instead of those asked for, why, and how to get the others."""
    wanted, used = _title(note.wanted), _title(note.used).lower()
    # Four files that are not there are one fact; a damaged file is worth its name.
    damaged = all_in_words(problem for problem in note.problems if problem.code != "missing")
    reason = f"{wanted} is not usable ({damaged})" if damaged else f"{wanted} is not in {note.folder}"
    return (
        f"{reason}: training uses the {note.samples:,} {used} of scikit-learn. "
        f"To get {wanted}, connect to the network and run `python -m lab data --fetch`, "
        "or copy its four files there."
    )


def _title(dataset: str) -> str:
    return DATASETS[dataset].title if dataset in DATASETS else dataset


def weights_copied(note: WeightsCopied) -> str:
    """How much of another run's network this one begins with."""
    new = note.tensors - note.copied
    if new:
        return f"Initialised from another run: {note.copied} of {note.tensors} tensors copied, {new} new."
    return f"Initialised from another run: {note.copied} of {note.tensors} tensors copied."


# --- how it was interrupted and went on ---------------------------------------------------------------


def resumed(event: Resumed) -> str:
    """After what a run goes on."""
    if event.after == "pause":
        return "resumed"
    if event.after == "checkpoint" or event.loss is None:
        return "from its last checkpoint"
    if event.loss.cause == "other":
        return event.loss.text
    return f"interrupted: {loss_in_words(event.loss)}; resumed from step {event.step:,}"


def loss_in_words(loss: Loss) -> str:
    """How a run's process was lost."""
    match loss.cause:
        case "ended":
            return f"its process was ended by {loss.signal}"
        case "exited":
            return f"its process ended unexpectedly (exit code {loss.exit_code})"
        case "crashed":
            return f"its process crashed inside a library ({loss.signal})"
        case "out_of_memory":
            return f"its process was ended by the system for want of memory ({loss.signal})"
        case "lab_stopped":
            return "the lab was stopped"
        case "other":
            return loss.text
        case _:
            assert_never(loss.cause)


# --- how it ended -------------------------------------------------------------------------------------


def ending(finished: Finished) -> str:
    """Why a run ended before its last epoch; "" where it did not."""
    if finished.ended_by == "patience":
        return (
            f"early stopping: no better validation loss for {counted(finished.patience, 'epoch')}; "
            f"the weights of epoch {finished.best_epoch} are kept"
        )
    return finished.text


def failure(cause: Cause, step: int) -> str:
    """What went wrong in a run that failed after `step`."""
    match cause.kind:
        case "diverged":
            return _diverged(cause, step)
        case "out_of_memory":
            return _out_of_memory(cause)
        case "given_up":
            loss = loss_in_words(cause.loss)
            return f"given up after {cause.attempts} attempts without progress: {loss}"
        case "disk_full":
            full = f"the disk that holds {cause.folder} is full"
            weights = cause.unwritten == "weights"
            return f"{full}: the weights could not be written" if weights else full
        case "no_process":
            return f"no process could be started for it: {cause.detail}"
        case "other_data":
            return (
                f"the run was interrupted on other data than the {cause.dataset} it finds now: "
                "start it again from the beginning"
            )
        case "refused":
            return cause.text or in_words(cause.reasons)
        case "other":
            return cause.text
        case "unexpected":
            return f"{cause.error}: {cause.text}"
        case _:
            assert_never(cause)


def _diverged(cause: Diverged, step: int) -> str:
    what = "not a number" if cause.loss == "nan" else "infinite"
    was = "" if cause.before is None else f" (it was {cause.before:.3g} before)"
    rate = f"{cause.learning_rate:.3g}"
    scheduled = cause.learning_rate != cause.base_rate
    set_to = f" ({cause.base_rate:.3g} before the schedule's factor)" if scheduled else ""
    return f"The loss became {what} at step {step}{was}, with a learning rate of {rate}{set_to}."


def _out_of_memory(cause: OutOfMemory) -> str:
    of_what = f" for batches of {cause.batch_size:,}" if cause.batch_size else ""
    if cause.gpu_gb is None or cause.gpu_free_gb is None:
        return f"Not enough memory{of_what}."
    left = f"Of its {cause.gpu_gb:.1f} GB, {cause.gpu_free_gb:.1f} GB are free now."
    return f"Not enough memory on the GPU{of_what}. {left}"


def advice(cause: Cause) -> str:
    """What to try after a failure; "" where there is nothing to say."""
    match cause.kind:
        case "diverged":
            clipping = " gradient clipping at 1," if cause.try_clipping else ""
            return f"Try a learning rate of {cause.try_rate:g},{clipping} or another initialisation."
        case "out_of_memory":
            return _with_less(cause.try_batch_size)
        case "given_up":
            return _after_losses(cause)
        case "disk_full":
            weights = cause.unwritten == "weights"
            return "Free some space or delete runs, then start again." if weights else _MAKE_ROOM
        case "no_process":
            return "End other programs, then try again."
        case "other":
            return cause.advice
        case _:
            return ""


_MAKE_ROOM = "Free some space, or delete runs."


def _after_losses(cause: GivenUp) -> str:
    if cause.loss.cause == "out_of_memory":
        return _with_less(cause.try_batch_size)
    return _AFTER_CRASHES if cause.loss.cause == "crashed" else _AFTER_LOSSES


def _with_less(batch_size: int | None) -> str:
    if batch_size is None:
        return "Try a smaller network."
    return f"Try a batch size of {batch_size}, or a smaller network."


def failure_sentence(cause: Cause, step: int) -> str:
    """What went wrong and what to try, as sentences that begin with a capital letter."""
    reason = failure(cause, step).removesuffix(".")
    if cause.kind not in (
        "refused",
        "unexpected",
    ):  # those begin with the name of a field, a file or an error
        reason = reason[:1].upper() + reason[1:]
    return f"{reason}. {advice(cause)}".strip()
