"""From version 1 of the runs to version 2: the sentences that it kept become causes and values.

Owns the exact patterns of what version 1 wrote. What matches none is kept as it is, under the cause "other".
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from lab.events import (
    Cause,
    DataStandIn,
    DevicePassedOver,
    DiskFull,
    Diverged,
    Event,
    FileProblem,
    GivenUp,
    Loss,
    NoProcess,
    Note,
    OtherCause,
    OtherData,
    OtherNote,
    OutOfMemory,
    PlainSteps,
    Refused,
    Unexpected,
    WeightsCopied,
    cause_from_json,
    cause_to_json,
    from_json,
    to_json,
)

Body = dict[str, Any]


def to_causes(connection: sqlite3.Connection) -> None:
    """Rewrites the events that held sentences, and why each failed run failed."""
    kinds = ",".join(f"'{kind}'" for kind in _UPGRADES)
    query = f"SELECT run_id, seq, kind, body FROM events WHERE kind IN ({kinds}) ORDER BY run_id, seq"  # noqa: S608
    failures: dict[str, str] = {}
    for run_id, seq, kind, text in connection.execute(query).fetchall():
        body = _UPGRADES[kind](json.loads(text))
        event = from_json(json.dumps(body))  # so that nothing is kept that cannot be read
        connection.execute(
            "UPDATE events SET body = ? WHERE run_id = ? AND seq = ?", (to_json(event), run_id, seq)
        )
        if kind == "failed":
            failures[run_id] = cause_to_json(event.cause)  # type: ignore[union-attr]
    for run_id, state, reason in connection.execute("SELECT id, state, reason FROM runs").fetchall():
        cause = ""
        if state == "failed":
            cause = failures.get(run_id) or cause_to_json(cause_from_sentences("error", reason, ""))
        connection.execute("UPDATE runs SET reason = ? WHERE id = ?", (cause, run_id))


def event_of(text: str) -> Event:
    """The event in a row; a runner of version 1 that still works while the file is of version 2 writes sentences.

    Raises: ValueError.
    """
    try:
        return from_json(text)
    except ValueError:
        body = json.loads(text)
        upgrade = _UPGRADES.get(body.get("kind"))
        if upgrade is None:
            raise
        return from_json(json.dumps(upgrade(body)))


def failure_of(reason: str) -> Cause:
    """Why a run failed, by its row; in JSON, or in a sentence of such a runner."""
    try:
        return cause_from_json(reason)
    except ValueError:
        return cause_from_sentences("error", reason, "")


# --- what was said of a run that begins ---------------------------------------------------------------

_FILE_PROBLEMS: tuple[tuple[str, Callable[[re.Match[str]], FileProblem]], ...] = (
    (
        r"(?P<file>\S+) is damaged: it cannot be unpacked",
        lambda m: FileProblem(file=m["file"], code="packed_wrong"),
    ),
    (
        r"(?P<file>\S+) cannot be read: (?P<detail>.+)",
        lambda m: FileProblem(file=m["file"], code="unreadable", detail=m["detail"]),
    ),
    (
        r"(?P<file>\S+) is truncated or not MNIST: (?:more|(?P<size>[\d,]+) bytes) instead of (?P<expected>[\d,]+)",
        lambda m: FileProblem(
            file=m["file"],
            code="wrong_size",
            size=_whole(m["size"]) if m["size"] else None,
            expected=_whole(m["expected"]),
        ),
    ),
    (
        r"(?P<file>\S+) is corrupt: its sha256 is not MNIST's",
        lambda m: FileProblem(file=m["file"], code="wrong_content"),
    ),
    (
        r"(?P<file>\S+) cannot be written to (?P<folder>.+?): (?P<detail>.+)",
        lambda m: FileProblem(file=m["file"], code="unwritable", folder=m["folder"], detail=m["detail"]),
    ),
)

_STAND_IN_END = (
    r": training uses the (?P<samples>[\d,]+) bundled digits of scikit-learn\."
    r" To get MNIST, connect to the network and run `python -m lab data --fetch`, or copy its four files there\."
)


def _stand_in(match: re.Match[str]) -> Note | None:
    damaged = match.groupdict().get("damaged")
    problems = [_file_problem(part) for part in damaged.split("; ")] if damaged else []
    if None in problems:
        return None
    return DataStandIn(
        wanted="mnist",
        used="digits",
        samples=_whole(match["samples"]),
        folder=match.groupdict().get("folder") or "",
        problems=tuple(problem for problem in problems if problem is not None),
    )


def _file_problem(sentence: str) -> FileProblem | None:
    for pattern, made in _FILE_PROBLEMS:
        if match := re.fullmatch(pattern, sentence):
            return made(match)
    return None


def _weights_copied(match: re.Match[str]) -> Note | None:
    copied, tensors, new = int(match["copied"]), int(match["tensors"]), int(match["new"] or 0)
    return WeightsCopied(copied=copied, tensors=tensors) if copied + new == tensors else None


_NOTES: tuple[tuple[str, Callable[[re.Match[str]], Note | None]], ...] = (
    (r"MNIST is not in (?P<folder>.+?)" + _STAND_IN_END, _stand_in),
    (r"MNIST is not usable \((?P<damaged>.+?)\)" + _STAND_IN_END, _stand_in),
    (
        r"Trained on the CPU, for the GPU computes wrong numbers\.",
        lambda m: DevicePassedOver(trouble="wrong_numbers"),
    ),
    (
        r"Trained on the CPU, for the GPU does not work here \((?P<detail>.+?)\)\.(?= |$)",
        lambda m: DevicePassedOver(trouble="not_working", detail=m["detail"]),
    ),
    (
        r"Goes on from another run: (?P<copied>\d+) of (?P<tensors>\d+) tensors taken over"
        r"(?:; (?P<new>\d+) start afresh)?\.",
        _weights_copied,
    ),
    (
        r"The fast way of training is not used for this run: (?P<fault>.+)\."
        r" It trains the plain way instead, with the right numbers, but more slowly\.",
        lambda m: PlainSteps(fault=m["fault"]),
    ),
)


def notes_from_sentences(notice: str) -> tuple[Note, ...]:
    """The notes that version 1 wrote one after the other."""
    notes: list[Note] = []
    rest = notice
    while rest:
        for pattern, made in _NOTES:
            match = re.match(pattern, rest, re.DOTALL)
            note = made(match) if match else None
            if match and note:
                notes.append(note)
                rest = rest[match.end() :].removeprefix(" ")
                break
        else:
            return (*notes, OtherNote(text=rest))
    return tuple(notes)


def _started(body: Body) -> Body:
    notes = notes_from_sentences(body.pop("notice", ""))
    return body | {"notes": [vars(note) | _plain_problems(note) for note in notes]}


def _plain_problems(note: Note) -> Body:
    return {"problems": [vars(one) for one in note.problems]} if isinstance(note, DataStandIn) else {}


# --- how it was interrupted and ended -----------------------------------------------------------------

_LOSSES: tuple[tuple[str, Callable[[re.Match[str]], Loss]], ...] = (
    (
        r"its process ended unexpectedly \(exit code (?P<code>\d+|None)\)",
        lambda m: Loss(cause="exited", exit_code=None if m["code"] == "None" else int(m["code"])),
    ),
    (
        r"its process crashed inside a library \((?P<signal>SIG\w+)\)",
        lambda m: Loss(cause="crashed", signal=m["signal"]),
    ),
    (
        r"its process was ended by the system for want of memory \((?P<signal>SIG\w+)\)",
        lambda m: Loss(cause="out_of_memory", signal=m["signal"]),
    ),
    (
        r"its process was ended by (?P<signal>SIG\w+|signal \d+)",
        lambda m: Loss(cause="ended", signal=m["signal"]),
    ),
    (r"the lab was stopped", lambda m: Loss(cause="lab_stopped")),
)


def loss_from_sentence(sentence: str) -> Loss | None:
    """How a process was lost, from version 1's sentence."""
    for pattern, made in _LOSSES:
        if match := re.fullmatch(pattern, sentence):
            return made(match)
    return None


def _resumed(body: Body) -> Body:
    reason = body.pop("reason", "")
    if not reason:
        return body | {"after": "pause"}
    if reason == "from its last checkpoint":
        return body | {"after": "checkpoint"}
    match = re.fullmatch(r"interrupted: (?P<loss>.+); resumed from step [\d,]+", reason)
    loss = loss_from_sentence(match["loss"]) if match else None
    return body | {"after": "loss", "loss": vars(loss or Loss(cause="other", text=reason))}


def _finished(body: Body) -> Body:
    reason = body.pop("reason", "")
    pattern = (
        r"early stopping: no better validation loss for (?P<patience>[\d,]+) epochs?;"
        r" the weights of epoch (?P<best>\d+) are kept"
    )
    if match := re.fullmatch(pattern, reason):
        return body | {
            "ended_by": "patience",
            "patience": _whole(match["patience"]),
            "best_epoch": int(match["best"]),
        }
    return body | ({"ended_by": "other", "text": reason} if reason else {"ended_by": "epochs"})


def _failed(body: Body) -> Body:
    reason, advice, cause = (body.pop(key, "") for key in ("reason", "advice", "cause"))
    return body | {"cause": json.loads(cause_to_json(cause_from_sentences(cause, reason, advice)))}


_UPGRADES: dict[str, Callable[[Body], Body]] = {
    "started": _started,
    "resumed": _resumed,
    "finished": _finished,
    "failed": _failed,
}

# --- why it failed ------------------------------------------------------------------------------------

_WITH_LESS = r"Try a (?:batch size of (?P<try_batch>\d+), or a )?smaller network\."
_AFTER_CRASHES = (
    "Try another setting of its layers (kernel, stride, channels) or another device,"
    " and report the crash together with the run's configuration."
)
_AFTER_LOSSES = (
    "Start it again; if it ends in the same way, look for a program or a time limit"
    " that ends processes on this machine."
)


def _diverged(match: re.Match[str]) -> Cause:
    rate = float(match["rate"])
    return Diverged(
        loss="nan" if match["loss"] == "not a number" else "infinite",
        before=float(match["before"]) if match["before"] else None,
        learning_rate=rate,
        base_rate=float(match["base"]) if match["base"] else rate,
        try_rate=float(match["try_rate"]),
        try_clipping=bool(match["clipping"]),
    )


def _out_of_memory(match: re.Match[str]) -> Cause:
    return OutOfMemory(
        batch_size=int(match["batch"]) if match["batch"] else None,
        try_batch_size=_try_batch(match),
        gpu_free_gb=float(match["free"]) if match["free"] else None,
        gpu_gb=float(match["total"]) if match["total"] else None,
    )


def _try_batch(match: re.Match[str]) -> int | None:
    return int(match["try_batch"]) if match["try_batch"] else None


def _given_up(match: re.Match[str]) -> Cause | None:
    loss = loss_from_sentence(match["loss"])
    if loss is None:
        return None
    return GivenUp(attempts=int(match["attempts"]), loss=loss, try_batch_size=_try_batch(match))


# Reason and advice, with a line's end between them.
_CAUSES: tuple[tuple[str, Callable[[re.Match[str]], Cause | None]], ...] = (
    (
        r"The loss became (?P<loss>not a number|infinite) at step \d+(?: \(it was (?P<before>[\d.e+-]+) before\))?,"
        r" with a learning rate of (?P<rate>[\d.e+-]+?)(?: \((?P<base>[\d.e+-]+) before the schedule's factor\))?\.\n"
        r"Try a learning rate of (?P<try_rate>[\d.e+-]+),(?P<clipping> gradient clipping at 1,)?"
        r" or another initialisation\.",
        _diverged,
    ),
    (
        r"The (?:GPU's )?memory did not suffice(?: for a batch size of (?P<batch>\d+))?\."
        r"(?: Of its (?P<total>[\d.]+) GB, (?P<free>[\d.]+) GB are free now\.)?\n" + _WITH_LESS,
        _out_of_memory,
    ),
    (
        r"given up after (?P<attempts>\d+) attempts without progress: (?P<loss>.+)\n"
        rf"(?:{_WITH_LESS}|{re.escape(_AFTER_CRASHES)}|{re.escape(_AFTER_LOSSES)})",
        _given_up,
    ),
    (
        r"the disk that holds (?P<folder>.+) is full: the weights could not be written\n"
        r"Free some space or delete runs, then start again\.",
        lambda m: DiskFull(folder=m["folder"], unwritten="weights"),
    ),
    (
        r"the disk that holds (?P<folder>.+) is full: free some space, or delete runs\n",
        lambda m: DiskFull(folder=m["folder"], unwritten="events"),
    ),
    (
        r"no process could be started for it: (?P<detail>.+)\nEnd other programs, then try again\.",
        lambda m: NoProcess(detail=m["detail"]),
    ),
    (
        r"the run was interrupted on other data than the (?P<dataset>.+) it finds now:"
        r" start it again from the beginning\n",
        lambda m: OtherData(dataset=m["dataset"]),
    ),
    (
        r"(?P<error>[A-Z]\w*(?:Error|Exception)): (?P<text>(?s:.*))\n",
        lambda m: Unexpected(error=m["error"], text=m["text"]),
    ),
    (r"(?P<text>[a-z]+(?:\.\w+)*: (?s:.+))\n", lambda m: Refused(what="spec", text=m["text"])),
)


def cause_from_sentences(cause: str, reason: str, advice: str) -> Cause:
    """Why a run failed, from version 1's word, reason and advice."""
    for pattern, made in _CAUSES:
        if (match := re.fullmatch(pattern, f"{reason}\n{advice}")) and (known := made(match)):
            return known
    if cause == "data" and not advice:
        return Refused(what="data", text=reason)
    return OtherCause(text=reason, advice=advice)


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
