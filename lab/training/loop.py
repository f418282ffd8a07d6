"""Training: a generator of events, from the first weights to the test accuracy.

Owns the loop, its clock and exact resume. Knows no page, no file and no listener. All randomness comes from
the run's seed: two runs in one process do not disturb each other, and a run interrupted anywhere ends with
the weights of one that was not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping

import torch

from lab.data import Dataset
from lab.events import (
    Checkpoint,
    Event,
    LearningRateChanged,
    Paused,
    Resumed,
    StepsDone,
    Stopped,
)
from lab.machine.device import gpu_memory_left_gb
from lab.spec import RunSpec
from lab.training.checkpoint import Clock, Progress
from lab.training.failures import OtherDataError, diverged, is_out_of_memory, out_of_memory
from lab.training.inbox import Inbox, Orders
from lab.training.learner import Learner
from lab.training.pace import Pace
from lab.training.reports import epoch_done, finished, started
from lab.training.samples import generator_for
from lab.training.snapshots import Snapshots, Weights


def train(
    spec: RunSpec,
    data: Dataset,
    resume: Checkpoint | None = None,
    inbox: Inbox = lambda: (),
    first_weights: Mapping[str, torch.Tensor] | None = None,
) -> Iterator[Event]:
    """The events of a run, from its start or from a checkpoint; trains only while it is iterated.

    `inbox()` gives the messages that came since it was last called; it is asked before the first step and
    then some fifty times a second. Two runs on one GPU want a process each: its random numbers are shared.
    `first_weights` are those of another run, to go on from.

    Raises: SpecError, when the network cannot be built or the device is not there; OtherDataError,
    when the checkpoint comes from a run on other data.
    """
    theirs = torch.get_rng_state()
    run = None
    try:
        # Numbers too small to be normal slow a dead unit's momentum a hundredfold: they become zero.
        torch.set_flush_denormal(True)
        torch.manual_seed(generator_for(spec.train.seed, "dropout").initial_seed())
        run = _Run(spec, data, resume, inbox, first_weights)
        for event in run.events():
            ours = torch.get_rng_state()
            torch.set_rng_state(theirs)
            torch.set_flush_denormal(False)
            yield event
            theirs = torch.get_rng_state()
            torch.set_rng_state(ours)
            torch.set_flush_denormal(True)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        on_gpu = isinstance(error, torch.OutOfMemoryError)  # which only devices raise
        left = gpu_memory_left_gb(torch.device("cuda")) if on_gpu else None
        yield out_of_memory(run.progress.step if run else 0, spec.train.batch_size, left)
    finally:
        torch.set_rng_state(theirs)
        torch.set_flush_denormal(False)


class _Run:
    """One run: what it trains, and how far it is."""

    def __init__(
        self,
        spec: RunSpec,
        data: Dataset,
        resume: Checkpoint | None,
        inbox: Inbox,
        first_weights: Mapping[str, torch.Tensor] | None,
    ) -> None:
        self.spec = spec
        self.learner = Learner(spec, data, first_weights)
        self.snapshots = Snapshots(
            spec.network, self.learner.network, self.learner.prepare, self.learner.samples.test_images
        )
        self.resumed = resume is not None
        self.progress = self._restored(resume) if resume else Progress()
        self.learner.rehearse()
        self.clock = Clock(self.progress)
        self.orders, self.pace = Orders(inbox), Pace()
        self._ending: Event | None = None
        self._last_loss, self._rate = math.nan, math.nan
        self._reported = (self.progress.step, self.progress.elapsed_s)

    def _restored(self, resume: Checkpoint) -> Progress:
        if resume.state["run.data"].tolist() != self._data_mark():
            raise OtherDataError(self.learner.data.name)
        return Progress.restored(resume.state, self.learner.network, self.learner.step)

    def _data_mark(self) -> list[int]:
        """What tells two data sets apart: their sizes."""
        data = self.learner.data
        return [len(data.train_labels), len(data.test_labels)]

    def events(self) -> Iterator[Event]:
        yield started(self.learner, self.progress)
        if self.resumed:
            yield Resumed(step=self.progress.step, after="checkpoint")
        patience = self.spec.train.early_stopping
        while self.progress.epoch < self.spec.train.epochs and not self.progress.stops_early(patience):
            yield from self._epoch()
            if not self._over():
                yield from self._epoch_end()
            if self._ending is not None:
                yield self._ending
                return
        if self.progress.best is not None:
            self.learner.network.load_state_dict(self.progress.best)
            yield self._checkpoint()
        yield finished(self.learner, self.progress, patience)

    def _over(self) -> bool:
        return self._ending is not None

    def _epoch(self) -> Iterator[Event]:
        """The steps of one epoch, from wherever the run stands in it."""
        progress, learner = self.progress, self.learner
        self.clock.start()
        self.pace.hurry()
        for images, labels in learner.batches(progress.epoch, progress.epoch_step):
            if self.orders.look():
                yield from self._obey()
                if self._over():
                    break
            last = progress.epoch_step + 1 == learner.steps_per_epoch
            before = self.snapshots.weights() if self._snapshot_due(last) else None
            self._set_rate(self._learning_rate())
            learner.train_on(images, labels, progress.step)
            progress.step += 1
            progress.epoch_step += 1
            self.orders.step_done()
            if before is not None or last or self.pace.report_due():
                yield from self._report()
                if self._over():
                    break
                if before is not None:
                    yield from self._look_at(before)
                if self.pace.checkpoint_due() and not last:
                    with self.clock.stopped():
                        yield self._checkpoint()
        self.clock.stop()

    def _learning_rate(self) -> float:
        return self.learner.scheduled_rate(self.progress.step) * self.progress.rate_scale

    def _set_rate(self, rate: float) -> None:
        if rate != self._rate:  # on a GPU, setting it is a kernel of its own
            self._rate = self.learner.step.lr = rate

    def _snapshot_due(self, last: bool) -> bool:
        at_end = last and self.progress.epoch + 1 == self.spec.train.epochs
        return at_end or self.orders.steps_left == 1 or self.pace.snapshot_due(last)

    def _report(self) -> Iterator[Event]:
        """The losses since the last report; ends the run where one is not finite."""
        progress = self.progress
        first = self._reported[0] + 1
        losses = self.learner.step.fetch_losses()
        self.clock.tick()
        bad = next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)
        good = losses[:bad]
        if good:
            seconds = max(progress.elapsed_s - self._reported[1], 1e-9)
            yield StepsDone(
                step=first + len(good) - 1,
                losses=tuple(float(f"{loss:.6g}") for loss in good),
                learning_rate=self._rate,
                samples_per_s=round(len(losses) * self.learner.batch_size / seconds, 1),
                elapsed_s=round(progress.elapsed_s, 4),
            )
            self._last_loss = good[-1]
        self._reported = (progress.step, progress.elapsed_s)
        self.pace.reported()
        if bad is not None:
            self._ending = self._diverged(first + bad, losses[bad])

    def _diverged(self, step: int, loss: float) -> Event:
        train = self.spec.train
        base = train.optimizer.lr * self.progress.rate_scale
        return diverged(step, loss, self._last_loss, self._rate, base, train)

    def _look_at(self, before: Weights) -> Iterator[Event]:
        with self.clock.stopped():
            start = time.perf_counter()
            snapshot = self.snapshots.snapshot(self.progress.step, before)
            self.pace.snapped(time.perf_counter() - start, self.progress.elapsed_s)
            yield snapshot

    def _obey(self) -> Iterator[Event]:
        """Does what the run was told, and waits while it is paused."""
        yield from self._report()
        if self._over():
            return
        with self.clock.stopped():
            yield from self._changes()
            if not self.orders.paused and not self.orders.stopping:
                return
            yield self._checkpoint()
            if not self.orders.stopping:
                yield Paused(step=self.progress.step)
            while self.orders.paused and not self.orders.stopping:
                if not self.orders.wait():
                    yield from self._changes()
        if self.orders.stopping:
            self._ending = Stopped(step=self.progress.step)
        self.pace.hurry()

    def _changes(self) -> Iterator[Event]:
        rate = self.orders.taken_learning_rate()
        if rate is not None:
            self.progress.rate_scale = rate / self.spec.train.optimizer.lr
            yield self._checkpoint()  # before it is told: what is resumed from here on must know it
            yield LearningRateChanged(step=self.progress.step, learning_rate=rate)
        if self.orders.taken_resumed():
            yield Resumed(step=self.progress.step)

    def _epoch_end(self) -> Iterator[Event]:
        """Evaluates, and keeps where the run stands."""
        progress, learner = self.progress, self.learner
        progress.end_epoch()
        on_train, on_validation = learner.on_training(), learner.on_validation()
        if not math.isfinite(on_train.loss):
            self._ending = self._diverged(progress.step, on_train.loss)
            return
        if on_validation is not None:
            keep = self.spec.train.early_stopping > 0
            progress.note_validation(on_validation.loss, learner.network, keep)
        yield epoch_done(learner, progress, self._rate, on_train, on_validation)
        yield self._checkpoint(epoch_end=progress.epoch)

    def _checkpoint(self, epoch_end: int = 0) -> Checkpoint:
        start = time.perf_counter()
        state, weights = self.progress.saved(self.learner.network, self.learner.step)
        state["run.data"] = torch.tensor(self._data_mark())
        self.pace.checkpointed(time.perf_counter() - start)
        return Checkpoint(
            step=self.progress.step,
            epoch=self.progress.epoch,
            epoch_end=epoch_end,
            state=state,
            weights=weights,
        )
