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

from lab.augmenting import augmented
from lab.data import Dataset
from lab.device import choose_device, device_title, memory_used_mb
from lab.evaluate import Evaluation, evaluate, wilson_interval
from lab.events import (
    Checkpoint,
    EpochDone,
    Event,
    Finished,
    LearningRateChanged,
    Paused,
    Resumed,
    Started,
    StepsDone,
    Stopped,
)
from lab.failures import diverged, is_out_of_memory, out_of_memory
from lab.fine_tuning import freeze, take_over
from lab.network import build_network
from lab.orders import Inbox, Orders, Rhythm
from lab.progress import Clock, Progress
from lab.samples import Prepare, draw_samples, epoch_order, generator_for, steps_per_epoch
from lab.spec import RunSpec
from lab.steps import Batches, make_step
from lab.watching import Watch, Weights


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

    Raises: SpecError, when the network cannot be built or the device is not there.
    """
    theirs = torch.get_rng_state()
    run = None
    try:
        torch.manual_seed(generator_for(spec.train.seed, "dropout").initial_seed())
        run = _Run(spec, data, resume, inbox, first_weights)
        for event in run.events():
            ours = torch.get_rng_state()
            torch.set_rng_state(theirs)
            yield event
            theirs = torch.get_rng_state()
            torch.set_rng_state(ours)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        yield out_of_memory(run.progress.step if run else 0, spec.train.batch_size)
    finally:
        torch.set_rng_state(theirs)


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
        self.spec, self.data = spec, data
        self.device = choose_device(spec.train.device)
        if self.device.type == "cpu":
            # The order of additions, so the last digits, must not depend on how busy the machine is.
            torch.set_num_threads(1)
        self.samples = draw_samples(spec.data, spec.train.seed, data, self.device)
        self.batch_size = min(spec.train.batch_size, len(self.samples.train))
        self.steps_per_epoch = steps_per_epoch(len(self.samples.train), self.batch_size)
        self.network = build_network(spec.network, generator_for(spec.train.seed, "weights")).to(self.device)
        self.notice = data.notice
        if first_weights is not None:
            self.notice = " ".join(filter(None, (data.notice, take_over(self.network, first_weights))))
        freeze(self.network, spec.network.initialisation)
        self.prepare = Prepare(spec.data.normalisation)
        self.loss = spec.train.loss.function()
        rule = getattr(torch.optim, spec.train.optimizer.torch_name)
        self.step = make_step(
            self.network,
            self.loss,
            rule([p for p in self.network.parameters() if p.requires_grad], **spec.train.optimizer.options()),
            prepare=self.prepare,
            clip_norm=spec.train.clip_norm,
            l1=spec.train.l1,
        )
        self.batches = Batches(self.samples.images, self.samples.labels, self.batch_size)
        self.watch = Watch(spec.network, self.network, self.prepare, self.samples.test_images)
        self.resumed = resume is not None
        self.progress = Progress.restored(resume.state, self.network, self.step) if resume else Progress()
        self.clock = Clock(self.progress)
        self.orders, self.rhythm = Orders(inbox), Rhythm()
        self._ending: Event | None = None
        self._last_loss, self._rate = math.nan, spec.train.optimizer.lr
        self._reported = (self.progress.step, self.progress.elapsed_s)

    def events(self) -> Iterator[Event]:
        yield self._started()
        if self.resumed:
            yield Resumed(self.progress.step, "from its last checkpoint")
        patience = self.spec.train.early_stopping
        while self.progress.epoch < self.spec.train.epochs and not self.progress.stop_reason(patience):
            yield from self._epoch()
            if not self._over():
                yield from self._epoch_end()
            if self._ending is not None:
                yield self._ending
                return
        if self.progress.best is not None:
            self.network.load_state_dict(self.progress.best)
            yield self._checkpoint()
        yield self._finished(self.progress.stop_reason(patience))

    def _over(self) -> bool:
        return self._ending is not None

    def _epoch(self) -> Iterator[Event]:
        """The steps of one epoch, from wherever the run stands in it."""
        progress, seed = self.progress, self.spec.train.seed
        order = epoch_order(self.samples.train, self.batch_size, seed, progress.epoch)
        self.clock.start()
        self.rhythm.hurry()
        for images, labels in self.batches(order[progress.epoch_step * self.batch_size :]):
            if self.orders.look():
                yield from self._obey()
                if self._over():
                    break
            last = progress.epoch_step + 1 == self.steps_per_epoch
            before = self.watch.weights() if self._snapshot_due(last) else None
            if self.spec.data.augmentations:
                draws = generator_for(seed, "augmentation", progress.step)
                images = augmented(images, self.spec.data.augmentations, draws)
            self._rate = self.step.lr = self._learning_rate()
            self.step(images, labels)
            progress.step += 1
            progress.epoch_step += 1
            self.orders.step_done()
            if before is not None or last or self.rhythm.report_due():
                yield from self._report()
                if self._over():
                    break
                if before is not None:
                    yield from self._look_at(before)
                if self.rhythm.checkpoint_due() and not last:
                    with self.clock.stopped():
                        yield self._checkpoint()
        self.clock.stop()

    def _learning_rate(self) -> float:
        train, progress = self.spec.train, self.progress
        factor = train.schedule.factor(progress.step, self.steps_per_epoch, train.epochs)
        return train.optimizer.lr * factor * progress.rate_scale

    def _snapshot_due(self, last: bool) -> bool:
        at_end = last and self.progress.epoch + 1 == self.spec.train.epochs
        return at_end or self.orders.steps_left == 1 or self.rhythm.snapshot_due(last)

    def _report(self) -> Iterator[Event]:
        """The losses since the last report; ends the run where one is not finite."""
        progress = self.progress
        first = self._reported[0] + 1
        losses = self.step.fetch_losses()
        self.clock.tick()
        bad = next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)
        good = losses[:bad]
        if good:
            seconds = max(progress.elapsed_s - self._reported[1], 1e-9)
            yield StepsDone(
                first + len(good) - 1,
                tuple(float(f"{loss:.6g}") for loss in good),
                self._rate,
                round(len(losses) * self.batch_size / seconds, 1),
                round(progress.elapsed_s, 4),
            )
            self._last_loss = good[-1]
        self._reported = (progress.step, progress.elapsed_s)
        self.rhythm.reported()
        if bad is not None:
            self._ending = diverged(first + bad, losses[bad], self._last_loss, self._rate)

    def _look_at(self, before: Weights) -> Iterator[Event]:
        with self.clock.stopped():
            start = time.perf_counter()
            snapshot = self.watch.snapshot(self.progress.step, before)
            self.rhythm.snapped(time.perf_counter() - start, self.progress.elapsed_s)
            yield snapshot

    def _obey(self) -> Iterator[Event]:
        """Does what the run was told, and waits while it is paused."""
        yield from self._changes()
        if not self.orders.paused and not self.orders.stopping:
            return
        yield from self._report()
        if self._over():
            return
        with self.clock.stopped():
            yield self._checkpoint()
            if not self.orders.stopping:
                yield Paused(self.progress.step)
            while self.orders.paused and not self.orders.stopping:
                if not self.orders.wait():
                    yield from self._changes()
        if self.orders.stopping:
            self._ending = Stopped(self.progress.step)
        self.rhythm.hurry()

    def _changes(self) -> Iterator[Event]:
        rate = self.orders.taken_learning_rate()
        if rate is not None:
            self.progress.rate_scale = 1.0
            # Where the schedule has reached zero, no factor brings the rate back: scale its start.
            self.progress.rate_scale = rate / (self._learning_rate() or self.spec.train.optimizer.lr)
            yield LearningRateChanged(self.progress.step, rate)
        if self.orders.taken_resumed():
            yield Resumed(self.progress.step)

    def _epoch_end(self) -> Iterator[Event]:
        """Evaluates, and keeps where the run stands."""
        progress, samples = self.progress, self.samples
        epoch_s = progress.end_epoch()
        on_train = self._evaluation(samples.images[samples.probe], samples.labels[samples.probe])
        if not math.isfinite(on_train.loss):
            self._ending = diverged(progress.step, on_train.loss, self._last_loss, self._rate)
            return
        held_back, on_validation = samples.validation, None
        if len(held_back):
            on_validation = self._evaluation(samples.images[held_back], samples.labels[held_back])
            progress.note_validation(on_validation.loss, self.network, self.spec.train.early_stopping > 0)
        yield EpochDone(
            progress.epoch,
            progress.step,
            on_train.loss,
            on_train.accuracy,
            on_validation.loss if on_validation else None,
            on_validation.accuracy if on_validation else None,
            round(epoch_s, 4),
            round(self._trained_per_epoch() / max(epoch_s, 1e-9), 1),
            self._rate,
        )
        yield self._checkpoint(epoch_end=progress.epoch)

    def _trained_per_epoch(self) -> int:
        return min(self.steps_per_epoch * self.batch_size, len(self.samples.train))

    def _started(self) -> Started:
        return Started(
            device_title(self.device),
            self.data.name,
            len(self.samples.train),
            len(self.samples.validation),
            len(self.samples.test_labels),
            sum(p.numel() for p in self.network.parameters()),
            self.steps_per_epoch,
            self.spec.train.epochs,
            self.batch_size,
            self.progress.step,
            round(memory_used_mb(self.device), 1),
            self.notice,
        )

    def _checkpoint(self, epoch_end: int = 0) -> Checkpoint:
        start = time.perf_counter()
        state, weights = self.progress.kept(self.network, self.step)
        self.rhythm.kept(time.perf_counter() - start)
        return Checkpoint(self.progress.step, self.progress.epoch, epoch_end, state, weights)

    def _finished(self, reason: str) -> Finished:
        test = self._evaluation(self.samples.test_images, self.samples.test_labels)
        low, high = wilson_interval(test.correct, test.total)
        epoch_s = self.progress.epoch_s
        samples_per_s = self._trained_per_epoch() * len(epoch_s) / max(sum(epoch_s), 1e-9)
        return Finished(
            self.progress.step,
            test.accuracy,
            low,
            high,
            test.loss,
            test.confusion,
            round(self.progress.elapsed_s, 4),
            tuple(round(s, 4) for s in epoch_s),
            round(samples_per_s, 1),
            reason,
        )

    def _evaluation(self, images: torch.Tensor, labels: torch.Tensor) -> Evaluation:
        return evaluate(self.network, self.prepare, self.loss, images, labels)
