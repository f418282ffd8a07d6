"""One run in one process: its training drawn from the generator, its weights to files, its events to a pipe.

Owns what happens between training and the runner. Knows no store, no page and no other run.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from lab.data import DataError
from lab.engines.checkpoints import Checkpoints
from lab.events import (
    Cause,
    Checkpoint,
    DiskFull,
    Event,
    Failed,
    LearningRateChanged,
    Message,
    OtherData,
    Paused,
    Refused,
    Unexpected,
    is_end,
    message_from_json,
    to_json,
)
from lab.parts.initialisations import FromRun
from lab.paths import latest_weights
from lab.reasons import LONGEST, reasons_of
from lab.registry import FieldError, SpecError
from lab.texts import said
from lab.training.failures import OtherDataError, batch_size_in, is_out_of_memory, out_of_memory

if TYPE_CHECKING:
    from torch import Tensor

    from lab.spec import RunSpec

INBOX_EVERY_S = 0.002  # a look into the pipe costs some 10 microseconds, a step of a small network 150

FIRST_TO_GO = "1000"


class PipeInbox:
    """What the run was told since the last look; while it is paused, a look waits for something."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._next = 0.0
        self.paused = False

    def __call__(self) -> list[Message]:
        """The new messages, oldest first.

        Raises: EOFError, when the runner is gone.
        """
        now = time.monotonic()
        if not self.paused and now < self._next:
            return []
        self._next = now + INBOX_EVERY_S
        messages: list[Message] = []
        while self._pipe.poll(None if self.paused and not messages else 0):
            messages.append(message_from_json(self._pipe.recv_bytes().decode()))
        self.paused = False  # what was said may let it go on: wait again only once it has paused again
        return messages


def work(pipe: Connection, home: Path, run_id: str, spec_json: str, from_checkpoint: bool) -> None:
    """Train one run to its end; the body of a worker process."""
    last_step = 0
    inbox = PipeInbox(pipe)
    with contextlib.suppress(OSError):  # where Linux runs out of memory, it ends a run before a server
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    try:
        try:
            for event in _training(home, run_id, spec_json, from_checkpoint, inbox):
                last_step = event.step
                inbox.paused = event.kind == "paused"
                pipe.send_bytes(to_json(event).encode())
                if is_end(event):
                    break
        except Exception as error:
            if isinstance(error, (EOFError, BrokenPipeError, ConnectionResetError)):
                raise
            pipe.send_bytes(to_json(failure(error, last_step, home, spec_json)).encode())
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the runner is gone: the next one takes the run up from its checkpoint
    finally:
        with contextlib.suppress(OSError):
            pipe.close()


def _training(
    home: Path, run_id: str, spec_json: str, from_checkpoint: bool, inbox: Callable[[], list[Message]]
) -> Iterator[Event]:
    """The events of the run; a checkpoint only once it lies on the disk."""
    import torch

    from lab import data
    from lab.spec import parse_spec
    from lab.training.budget import admit_here
    from lab.training.loop import train

    torch.set_num_threads(1)
    spec = parse_spec(spec_json)
    checkpoints = Checkpoints(home, run_id, spec_json)
    resume = checkpoints.last() if from_checkpoint else None
    if resume is None:
        admit_here(spec, home)  # whichever way it was started
    left_out: Checkpoint | None = None
    first = None if resume else _first_weights(home, spec)
    for event in train(spec, data.load(spec.data.dataset, home), resume, inbox, first):
        if isinstance(event, Checkpoint):
            left_out = None if checkpoints.write(event) else event
            if left_out:
                continue
        elif left_out and (
            is_end(event) or isinstance(event, Paused | LearningRateChanged)
        ):  # the files say so too
            checkpoints.write(left_out, always=True)
            yield left_out
            left_out = None
        yield event


def _first_weights(home: Path, spec: RunSpec) -> Mapping[str, Tensor] | None:
    """The weights of the run that this one goes on from, or None where it starts afresh.

    Raises: SpecError, when its weights cannot be read.
    """
    from lab.network import weights

    start = spec.network.initialisation
    if not isinstance(start, FromRun):
        return None
    try:
        return weights.load(latest_weights(home, start.run))[0]
    except (ValueError, OSError) as error:
        message = said("engines.unusable_weights", run=start.run, reason=error)
        raise SpecError([FieldError("network.initialisation.run", start.run, message)]) from None


def failure(error: Exception, step: int, home: Path, spec_json: str) -> Failed:
    """What went wrong, with what to try."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Failed(step=step, cause=DiskFull(folder=str(home), unwritten="weights"))
    if is_out_of_memory(error):
        return out_of_memory(step, batch_size_in(spec_json))
    return Failed(step=step, cause=_cause_of(error))


def _cause_of(error: Exception) -> Cause:
    if isinstance(error, OtherDataError):
        return OtherData(dataset=error.dataset)
    if isinstance(error, SpecError | DataError):
        return Refused(what="data" if isinstance(error, DataError) else "spec", reasons=reasons_of(error))
    return Unexpected(error=type(error).__name__, text=str(error)[:LONGEST])
