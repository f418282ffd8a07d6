"""What happened in a run as sentences of its reader: one function for each kind of thing, from its cause and values.

Owns which sentence is said of which cause. Decides nothing, and nothing is decided by what it returns.
"""

from __future__ import annotations

from typing import assert_never

from lab.data import DATASETS
from lab.data.problems import all_in_words
from lab.events import (
    Cause,
    DataStandIn,
    DevicePassedOver,
    DiskFull,
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
from lab.texts import text
from lab.texts.formats import in_a_row

_GB = 1e9

# --- what is to be said when a run begins -------------------------------------------------------------


def notice(started: Started) -> str:
    """All that a person should know about a run from its start; "" where there is nothing."""
    return in_a_row(map(note_in_words, started.notes))


def note_in_words(note: Note) -> str:
    """One note, as sentences."""
    match note:
        case DataStandIn():
            return data_stand_in(note)
        case DevicePassedOver(trouble="wrong_numbers"):
            return text("runs.notes.gpu_wrong")
        case DevicePassedOver(detail=detail):
            return text("runs.notes.gpu_fails", detail=detail)
        case WeightsCopied():
            return weights_copied(note)
        case PlainSteps():
            return text("runs.notes.plain_steps", fault=fault_in_words(note))
        case OtherNote():
            return note.text
        case _:
            assert_never(note)


def data_stand_in(note: DataStandIn) -> str:
    """Which data are used instead of those asked for, why, and how to get the others."""
    wanted, used = _title(note.wanted), _title(note.used)
    # Four files that are not there are one fact; a damaged file is worth its name.
    damaged = all_in_words(problem for problem in note.problems if problem.code != "missing")
    if not damaged:
        return text("runs.notes.data_missing", wanted=wanted, folder=note.folder, used=used, n=note.samples)
    return text(
        "runs.notes.data_damaged",
        wanted=wanted,
        problems=damaged,
        folder=note.folder,
        used=used,
        n=note.samples,
    )


def _title(dataset: str) -> str:
    return str(DATASETS[dataset].title) if dataset in DATASETS else dataset


def weights_copied(note: WeightsCopied) -> str:
    """How much of another run's network this one begins with."""
    copied, tensors = note.copied, note.tensors
    if new := tensors - copied:
        return text("runs.notes.weights_copied_some", copied=copied, tensors=tensors, new=new)
    return text("runs.notes.weights_copied", copied=copied, tensors=tensors)


# --- how it was interrupted and went on ---------------------------------------------------------------


def resumed(event: Resumed) -> str:
    """After what a run goes on."""
    if event.after == "pause":
        return text("runs.resumed.pause")
    if event.after == "checkpoint" or event.loss is None:
        return text("runs.resumed.checkpoint")
    if event.loss.cause == "other":
        return event.loss.text
    return text("runs.resumed.loss", loss=loss_in_words(event.loss), step=event.step)


def loss_in_words(loss: Loss) -> str:
    """How a run's process was lost, to follow a colon."""
    match loss.cause:
        case "ended":
            return text("runs.loss.ended", signal=loss.signal)
        case "exited":
            return text("runs.loss.exited", code=loss.exit_code)
        case "crashed":
            return text("runs.loss.crashed", signal=loss.signal)
        case "out_of_memory":
            return text("runs.loss.out_of_memory", signal=loss.signal)
        case "lab_stopped":
            return text("runs.loss.lab_stopped")
        case "other":
            return loss.text
        case _:
            assert_never(loss.cause)


# --- how it ended -------------------------------------------------------------------------------------


def ending(finished: Finished) -> str:
    """Why a run ended before its last epoch; "" where it did not."""
    if finished.ended_by == "patience":
        return text("runs.ending.patience", n=finished.patience, best=finished.best_epoch)
    return finished.text


def failure(cause: Cause, step: int) -> str:
    """What went wrong in a run that failed after `step`, in whole sentences."""
    match cause.kind:
        case "diverged":
            return _diverged(cause, step)
        case "out_of_memory":
            return _out_of_memory(cause)
        case "given_up":
            return text("runs.failure.given_up", n=cause.attempts, loss=loss_in_words(cause.loss))
        case "disk_full":
            return _disk_full(cause)
        case "no_process":
            return text("runs.failure.no_process", detail=cause.detail)
        case "other_data":
            return text("runs.failure.other_data", dataset=_title(cause.dataset))
        case "refused":
            return text("runs.failure.told", words=_open(cause.text or in_words(cause.reasons)))
        case "other":
            return text("runs.failure.told", words=_open(cause.text))
        case "unexpected":
            return text("runs.failure.unexpected", error=cause.error, reason=_open(cause.text))
        case _:
            assert_never(cause)


def _open(words: str) -> str:
    """The words without the full stop that the sentence around them brings."""
    return words.rstrip(".。")


def _diverged(cause: Diverged, step: int) -> str:
    return in_a_row([_no_number(cause, step), _rate(cause)])


def _no_number(cause: Diverged, step: int) -> str:
    if cause.before is None:
        key = "runs.failure.nan" if cause.loss == "nan" else "runs.failure.infinite"
        return text(key, step=step)
    key = "runs.failure.nan_after" if cause.loss == "nan" else "runs.failure.infinite_after"
    return text(key, step=step, before=cause.before)


def _rate(cause: Diverged) -> str:
    if cause.learning_rate == cause.base_rate:
        return text("runs.failure.rate", rate=cause.learning_rate)
    return text("runs.failure.scheduled_rate", rate=cause.learning_rate, base=cause.base_rate)


def _out_of_memory(cause: OutOfMemory) -> str:
    batch = cause.batch_size
    if cause.gpu_gb is None or cause.gpu_free_gb is None:
        return text("runs.failure.memory_for_batches", n=batch) if batch else text("runs.failure.memory")
    free, total = cause.gpu_free_gb * _GB, cause.gpu_gb * _GB
    if batch:
        return text("runs.failure.gpu_memory_for_batches", n=batch, free=free, total=total)
    return text("runs.failure.gpu_memory", free=free, total=total)


def _disk_full(cause: DiskFull) -> str:
    if cause.unwritten == "weights":
        return text("runs.failure.disk_full_of_weights", folder=cause.folder)
    return text("runs.failure.disk_full", folder=cause.folder)


def advice(cause: Cause) -> str:
    """What to try after a failure; "" where there is nothing to say."""
    match cause.kind:
        case "diverged":
            key = "runs.advice.rate_or_clipping" if cause.try_clipping else "runs.advice.rate"
            return text(key, rate=cause.try_rate)
        case "out_of_memory":
            return _with_less(cause.try_batch_size)
        case "given_up":
            return _after_losses(cause)
        case "disk_full":
            weights = cause.unwritten == "weights"
            return text("runs.advice.room_for_weights") if weights else text("runs.advice.room")
        case "no_process":
            return text("runs.advice.processes")
        case "other":
            return cause.advice
        case _:
            return ""


def _after_losses(cause: GivenUp) -> str:
    if cause.loss.cause == "out_of_memory":
        return _with_less(cause.try_batch_size)
    crashed = cause.loss.cause == "crashed"
    return text("runs.advice.after_crash") if crashed else text("runs.advice.after_loss")


def _with_less(batch_size: int | None) -> str:
    if batch_size is None:
        return text("runs.advice.network")
    return text("runs.advice.batch_size", n=batch_size)


def failure_sentence(cause: Cause, step: int) -> str:
    """What went wrong and what to try."""
    return in_a_row(filter(None, (failure(cause, step), advice(cause))))
