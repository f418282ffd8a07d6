"""What `python -m lab train` prints: JSON lines for programs, or sentences and a bar for people.

Owns the form. Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Protocol

from lab.data import DATASETS
from lab.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    LearningRateChanged,
    Paused,
    Resumed,
    Started,
    StepsDone,
    Stopped,
)
from lab.machine.device import device_in_words
from lab.runs.wording import advice, ending, failure, failure_sentence, resumed
from lab.texts import text

BAR_WIDTH = 24
_ERASE = "\r\033[K"


class Report(Protocol):
    """Something that prints what happens in a run."""

    def begin(self, run_id: str) -> None:
        """Note which run it is."""
        ...

    def say(self, line: str) -> None:
        """Print a line for a person."""
        ...

    def __call__(self, event: Event) -> None:
        """Print what an event means."""
        ...


class Bar:
    """One line at the bottom of a terminal that shows how far a run is; nothing where stderr is a file."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._started: Started | None = None

    def clear(self) -> None:
        """Make room for a line."""
        if self._on:
            print(_ERASE, end="", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self.clear()
        print(line, file=sys.stderr, flush=True)

    def __call__(self, event: Event) -> None:
        """Draw the bar anew where the event moves it."""
        if isinstance(event, Started):
            self._started = event
        elif self._on and self._started and isinstance(event, StepsDone):
            print(_ERASE + self._line(event, self._started), end="", file=sys.stderr, flush=True)

    @staticmethod
    def _line(now: StepsDone, run: Started) -> str:
        steps = run.epochs * run.steps_per_epoch
        share = min(1.0, now.step / max(1, steps))
        filled = round(share * BAR_WIDTH)
        epoch = min(run.epochs, now.step // run.steps_per_epoch + 1)
        return text(
            "commands.train.bar",
            epoch=epoch,
            epochs=run.epochs,
            bar="#" * filled + "." * (BAR_WIDTH - filled),
            share=f"{share:4.0%}",
            loss=f"{now.losses[-1] or float('nan'):.4f}",
            rate=round(now.samples_per_s),
            left=round((steps - now.step) * run.batch_size / max(1.0, now.samples_per_s)),
        )


class Words:
    """Sentences: an epoch in a line, and what came of it."""

    def __init__(self) -> None:
        self._bar = Bar()
        self._epoch = 0

    def begin(self, run_id: str) -> None:
        """Say how the run can be found again."""
        self._bar.say(text("commands.train.run", id=run_id))

    def say(self, line: str) -> None:
        """Print a line for a person."""
        self._bar.say(line)

    def __call__(self, event: Event) -> None:
        """Print what an event means."""
        if isinstance(event, EpochDone):
            self._bar.clear()
            if event.epoch > self._epoch:  # after an interruption some are done again
                self._epoch = event.epoch
                print(epoch_line(event), flush=True)
        elif isinstance(event, Finished):
            self._bar.clear()
            print(_result(event), flush=True)
            if early := ending(event):
                self.say(early)
        else:
            _say_other(event, self._bar)
        self._bar(event)


class JsonLines:
    """One JSON line for each epoch and a last one; for people, the same bar as ever on stderr."""

    def __init__(self) -> None:
        self._bar = Bar()
        self._epoch = 0
        self._run_id = self._dataset = ""
        self._epoch_s: list[float] = []

    def begin(self, run_id: str) -> None:
        """Note which run it is."""
        self._run_id = run_id
        self._bar.say(text("commands.train.run", id=run_id))

    def say(self, line: str) -> None:
        """Print a line for a person."""
        self._bar.say(line)

    def __call__(self, event: Event) -> None:
        """Print what an event means."""
        if isinstance(event, Started):
            self._dataset = event.dataset  # the bundled digits, where MNIST is missing
        elif isinstance(event, EpochDone) and event.epoch > self._epoch:
            self._epoch = event.epoch
            self._epoch_s.append(event.epoch_s)
            self._print(
                epoch=event.epoch,
                step=event.step,
                train_loss=event.train_loss,
                train_accuracy=event.train_accuracy,
                validation_loss=event.validation_loss,
                validation_accuracy=event.validation_accuracy,
                learning_rate=event.learning_rate,
                epoch_s=event.epoch_s,
                samples_per_s=event.samples_per_s,
            )
        elif isinstance(event, Finished):
            self._print(
                state="finished",
                step=event.step,
                test_accuracy=event.test_accuracy,
                test_low=event.test_low,
                test_high=event.test_high,
                test_loss=event.test_loss,
                epoch_s=list(event.epoch_s),
                samples_per_s=event.samples_per_s,
                reason=ending(event),
            )
        elif isinstance(event, Stopped | Failed):
            reason, to_try = "stopped", ""
            if isinstance(event, Failed):
                reason, to_try = failure(event.cause, event.step), advice(event.cause)
            self._print(
                state=event.kind, step=event.step, epoch_s=self._epoch_s, reason=reason, advice=to_try
            )
        _say_other(event, self._bar)
        self._bar(event)

    def _print(self, **values: Any) -> None:
        self._bar.clear()
        print(json.dumps({"run": self._run_id, "dataset": self._dataset, **values}), flush=True)


def epoch_line(event: EpochDone) -> str:
    """An epoch in one line."""
    values = {
        "epoch": f"{event.epoch:>3}",
        "loss": f"{event.train_loss:.4f}",
        "accuracy": f"{event.train_accuracy:.2%}",
        "time": f"{event.epoch_s:.2f}",
    }
    if event.validation_loss is None or event.validation_accuracy is None:
        return text("commands.train.epoch", **values)
    on_validation = {
        "val_loss": f"{event.validation_loss:.4f}",
        "val_accuracy": f"{event.validation_accuracy:.2%}",
    }
    return text("commands.train.epoch_with_validation", **values, **on_validation)


def _result(event: Finished) -> str:
    return text(
        "commands.train.result",
        accuracy=f"{event.test_accuracy:.2%}",
        low=f"{event.test_low:.2%}",
        high=f"{event.test_high:.2%}",
        time=sum(event.epoch_s),
        rate=round(event.samples_per_s),
    )


def _say_other(event: Event, bar: Bar) -> None:
    """The events that both forms tell a person about."""
    if isinstance(event, Started):
        bar.say(_begun(event))
    elif isinstance(event, Failed):
        reason = failure_sentence(event.cause, event.step)
        bar.say(text("commands.train.failed", step=event.step, reason=reason))
    elif isinstance(event, Stopped):
        bar.say(text("commands.train.stopped", step=event.step))
    elif isinstance(event, Paused):
        bar.say(text("commands.train.paused", step=event.step))
    elif isinstance(event, Resumed):
        bar.say(resumed(event))
    elif isinstance(event, LearningRateChanged):
        bar.say(text("commands.train.rate", rate=event.learning_rate, step=event.step))


def _begun(event: Started) -> str:
    data = DATASETS[event.dataset].title if event.dataset in DATASETS else event.dataset
    return text(
        "commands.train.begun",
        parameters=event.parameters,
        samples=event.train_samples,
        data=data,
        n=event.epochs,
        device=device_in_words(event.device, event.cores),
    )
