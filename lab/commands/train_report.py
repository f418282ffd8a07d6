"""What `python -m lab train` prints: JSON lines for programs, or sentences and a bar for people.

Owns the form. Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Protocol

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
from lab.runs.wording import advice, ending, failure, resumed
from lab.texts.formats import noun, number

BAR_WIDTH = 24
_ERASE = "\r\033[K"


class Report(Protocol):
    """Something that prints what happens in a run."""

    def begin(self, run_id: str) -> None:
        """Note which run it is."""
        ...

    def say(self, text: str) -> None:
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

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self.clear()
        print(text, file=sys.stderr, flush=True)

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
        left_s = round((steps - now.step) * run.batch_size / max(1.0, now.samples_per_s))
        return (
            f"epoch {epoch}/{run.epochs} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {share:4.0%}"
            f"  loss {now.losses[-1] or float('nan'):.4f}  {now.samples_per_s:,.0f} samples/s"
            f"  {left_s // 60}:{left_s % 60:02d} left"
        )


class Words:
    """Sentences: an epoch in a line, and what came of it."""

    def __init__(self) -> None:
        self._bar = Bar()
        self._epoch = 0

    def begin(self, run_id: str) -> None:
        """Say how the run can be found again."""
        self._bar.say(f"Run {run_id}")

    def say(self, text: str) -> None:
        """Print a line for a person."""
        self._bar.say(text)

    def __call__(self, event: Event) -> None:
        """Print what an event means."""
        if isinstance(event, EpochDone):
            self._bar.clear()
            if event.epoch > self._epoch:  # after an interruption some are done again
                self._epoch = event.epoch
                print(epoch_line(event), flush=True)
        elif isinstance(event, Finished):
            self._bar.clear()
            print(
                f"test accuracy {event.test_accuracy:.2%}"
                f" (95 % interval {event.test_low:.2%} to {event.test_high:.2%})"
                f"  {sum(event.epoch_s):.1f} s of training, {event.samples_per_s:,.0f} samples/s",
                flush=True,
            )
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
        self._bar.say(f"Run {run_id}")

    def say(self, text: str) -> None:
        """Print a line for a person."""
        self._bar.say(text)

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
    words = [
        f"epoch {event.epoch:>3}",
        f"loss {event.train_loss:.4f}",
        f"accuracy {event.train_accuracy:.2%}",
    ]
    if event.validation_loss is not None and event.validation_accuracy is not None:
        words.append(f"validation loss {event.validation_loss:.4f}, accuracy {event.validation_accuracy:.2%}")
    return "  ".join([*words, f"{event.epoch_s:.2f} s"])


def _say_other(event: Event, bar: Bar) -> None:
    """The events that both forms tell a person about."""
    if isinstance(event, Started):
        samples = f"{event.train_samples:,} samples of {event.dataset}"
        epochs = f"{number(event.epochs)} {noun(event.epochs, ('epoch', 'epochs'))}"
        bar.say(f"{event.parameters:,} parameters, {samples}, {epochs} on {event.device}")
    elif isinstance(event, Failed):
        said = failure(event.cause, event.step)
        bar.say(" ".join(filter(None, (f"failed at step {event.step:,}: {said}", advice(event.cause)))))
    elif isinstance(event, Stopped):
        bar.say(f"stopped at step {event.step:,}")
    elif isinstance(event, Paused):
        bar.say(f"paused at step {event.step:,}, from a page")
    elif isinstance(event, Resumed):
        bar.say(resumed(event))
    elif isinstance(event, LearningRateChanged):
        bar.say(f"learning rate {event.learning_rate:g} from step {event.step:,} on")
