"""Training: a generator of events, from the first weights to the test accuracy.

Owns the loop, its clock, what it can be told between two steps, and exact resume. Knows no page, no file
and no listener. All randomness comes from the run's seed: two runs in one process do not disturb each
other, and a run interrupted anywhere ends with the weights of one that was not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator

import torch

from lab.augmenting import augmented
from lab.data import Dataset
from lab.device import choose_device, device_title, memory_used_mb
from lab.evaluate import Evaluation, evaluate, wilson_interval
from lab.events import (
    Checkpoint,
    EpochDone,
    Event,
    Failed,
    Finished,
    LearningRateChanged,
    Message,
    Paused,
    Resumed,
    SetLearningRate,
    Started,
    StepOnce,
    StepsDone,
    Stopped,
)
from lab.network import build_network
from lab.progress import Clock, Progress
from lab.samples import Prepare, draw_samples, epoch_order, generator_for, steps_per_epoch
from lab.spec import RunSpec
from lab.steps import Batches, make_step
from lab.watching import Watch, Weights

FIRST_REPORT_S, REPORT_S = 0.03, 0.25
LOOK_S = 0.02
SNAPSHOT_S, SNAPSHOT_SHARE = 1.0, 0.015
CHECKPOINT_S, CHECKPOINT_SHARE = 10.0, 0.01

Inbox = Callable[[], Iterable[Message]]


def train(
    spec: RunSpec, data: Dataset, resume: Checkpoint | None = None, inbox: Inbox = lambda: ()
) -> Iterator[Event]:
    """The events of a run, from its start or from a checkpoint; trains only while it is iterated.

    `inbox()` gives the messages that came since it was last called; it is asked before the first step and
    then some fifty times a second. One run per process is what keeps a GPU's random numbers apart.

    Raises: SpecError, when the network cannot be built or the device is not there.
    """
    theirs = torch.get_rng_state()
    run = None
    try:
        torch.manual_seed(generator_for(spec.train.seed, "dropout").initial_seed())
        run = _Run(spec, data, resume, inbox)
        for event in run.events():
            ours = torch.get_rng_state()
            torch.set_rng_state(theirs)
            yield event
            theirs = torch.get_rng_state()
            torch.set_rng_state(ours)
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        yield _out_of_memory(spec, run.progress.step if run else 0)
    finally:
        torch.set_rng_state(theirs)


class _Run:
    """One run: what it trains, how far it is, and what it was told."""

    def __init__(self, spec: RunSpec, data: Dataset, resume: Checkpoint | None, inbox: Inbox) -> None:
        self.spec, self.data, self.inbox = spec, data, inbox
        self.device = choose_device(spec.train.device)
        if self.device.type == "cpu":
            # The order of additions, so the last digits, must not depend on how busy the machine is.
            torch.set_num_threads(1)
        self.samples = draw_samples(spec.data, spec.train.seed, data, self.device)
        self.batch_size = min(spec.train.batch_size, len(self.samples.train))
        self.steps_per_epoch = steps_per_epoch(len(self.samples.train), self.batch_size)
        self.network = build_network(spec.network, generator_for(spec.train.seed, "weights")).to(self.device)
        self.prepare = Prepare(spec.data.normalisation)
        self.loss = spec.train.loss.function()
        rule = getattr(torch.optim, spec.train.optimizer.torch_name)
        self.step = make_step(
            self.network,
            self.loss,
            rule(self.network.parameters(), **spec.train.optimizer.options()),
            prepare=self.prepare,
            clip_norm=spec.train.clip_norm,
            l1=spec.train.l1,
        )
        self.batches = Batches(self.samples.images, self.samples.labels, self.batch_size)
        self.watch = Watch(spec.network, self.network, self.prepare, self.samples.test_images)
        self.progress = Progress()
        self.resumed = resume is not None
        if resume is not None:
            self.progress = Progress.restored(resume.state, self.network, self.step)
        self.clock = Clock(self.progress)
        self.stopping = False
        self.paused = False
        self.allowed: int | None = None  # steps until the next pause
        self.over: Event | None = None
        self._last_loss = math.nan
        self._reported = (self.progress.step, self.progress.elapsed_s)
        now = time.perf_counter()
        self._next_look = now
        self._next_report = now + FIRST_REPORT_S
        self._next_snapshot = now + 2 * FIRST_REPORT_S
        self._next_checkpoint = now + CHECKPOINT_S

    def events(self) -> Iterator[Event]:
        yield self._started()
        if self.resumed:
            yield Resumed(self.progress.step, "from its last checkpoint")
        reason = self.progress.stop_reason(self.spec.train.early_stopping)
        while self.progress.epoch < self.spec.train.epochs and not reason:
            yield from self._epoch()
            if self.over is not None:
                yield self.over
                return
            yield from self._epoch_end()
            if self.over is not None:
                yield self.over
                return
            reason = self.progress.stop_reason(self.spec.train.early_stopping)
        if self.progress.best is not None:
            self.network.load_state_dict(self.progress.best)
            yield self._checkpoint()
        yield self._finished(reason)

    # --- the loop -----------------------------------------------------------------------------------

    def _epoch(self) -> Iterator[Event]:
        """The steps of one epoch, from wherever the run stands in it."""
        progress, spec = self.progress, self.spec
        order = epoch_order(self.samples.train, self.batch_size, spec.train.seed, progress.epoch)
        order = order[progress.epoch_step * self.batch_size :]
        augmentations = spec.data.augmentations
        self.clock.start()
        # The report right after the first step, so that a person sees at once that it runs.
        self._next_report = min(self._next_report, time.perf_counter() + FIRST_REPORT_S)
        for images, labels in self.batches(order):
            now = time.perf_counter()
            if now >= self._next_look or self.allowed is not None:
                yield from self._obey()
                if self.stopping or self.over is not None:
                    yield from self._stop()
                    return
            last = progress.epoch_step + 1 == self.steps_per_epoch
            before = self.watch.weights() if self._snapshot_due(last) else None
            if augmentations:
                generator = generator_for(spec.train.seed, "augmentation", progress.step)
                images = augmented(images, augmentations, generator)
            self.step.lr = self._learning_rate()
            self.step(images, labels)
            progress.step += 1
            progress.epoch_step += 1
            if self.allowed is not None:
                self.allowed -= 1
            if before is not None or last or time.perf_counter() >= self._next_report:
                yield from self._report()
                if self.over is not None:
                    return
                if before is not None:
                    yield from self._look_at(before)
                if time.perf_counter() >= self._next_checkpoint and not last:
                    with self.clock.stopped():
                        yield self._checkpoint()
        self.clock.stop()

    def _learning_rate(self) -> float:
        train, progress = self.spec.train, self.progress
        factor = train.schedule.factor(progress.step, self.steps_per_epoch, train.epochs)
        return train.optimizer.lr * factor * progress.rate_scale

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
                self.step.lr,
                round(len(losses) * self.batch_size / seconds, 1),
                round(progress.elapsed_s, 4),
            )
            self._last_loss = good[-1]
        self._reported = (progress.step, progress.elapsed_s)
        self._next_report = time.perf_counter() + REPORT_S
        if bad is not None:
            self.over = self._diverged(first + bad, losses[bad])

    def _snapshot_due(self, last: bool) -> bool:
        now = time.perf_counter()
        late = now >= self._next_snapshot
        soon = last and (now >= self._next_snapshot - 0.8 * SNAPSHOT_S or self._is_last_epoch())
        return late or soon or self.allowed == 1

    def _is_last_epoch(self) -> bool:
        return self.progress.epoch + 1 == self.spec.train.epochs

    def _look_at(self, before: Weights) -> Iterator[Event]:
        with self.clock.stopped():
            start = time.perf_counter()
            snapshot = self.watch.snapshot(self.progress.step, before)
            cost = time.perf_counter() - start
            # Rarer in a long run, so that its record stays small; never a measurable share of the time.
            pause = max(SNAPSHOT_S, self.progress.elapsed_s / 200, cost / SNAPSHOT_SHARE)
            self._next_snapshot = start + pause
            yield snapshot

    # --- what it was told -----------------------------------------------------------------------------

    def _obey(self) -> Iterator[Event]:
        """Reads the inbox, and waits while the run is paused."""
        self._next_look = time.perf_counter() + LOOK_S
        yield from self._read()
        if self.allowed == 0:
            self.paused, self.allowed = True, None
        if not self.paused or self.stopping:
            return
        yield from self._report()
        if self.over is not None:
            return
        with self.clock.stopped():
            yield self._checkpoint()
            yield Paused(self.progress.step)
            while self.paused and not self.stopping:
                time.sleep(LOOK_S)
                yield from self._read()
        self._next_report = time.perf_counter() + FIRST_REPORT_S

    def _read(self) -> Iterator[Event]:
        for message in self.inbox():
            if message.kind == "pause":
                self.paused, self.allowed = True, None
            elif message.kind == "resume":
                if self.paused:
                    yield Resumed(self.progress.step)
                self.paused, self.allowed = False, None
            elif message.kind == "stop":
                self.stopping = True
            elif isinstance(message, StepOnce) and message.steps > 0:
                self.paused, self.allowed = False, message.steps
            elif isinstance(message, SetLearningRate) and 0 < message.learning_rate <= 100:
                self.progress.rate_scale = 1.0
                # Where the schedule has reached zero, no factor can bring the rate back: take its start.
                now = self._learning_rate() or self.spec.train.optimizer.lr
                self.progress.rate_scale = message.learning_rate / now
                yield LearningRateChanged(self.progress.step, message.learning_rate)

    def _stop(self) -> Iterator[Event]:
        if self.over is None:
            yield from self._report()
        if self.over is None:
            with self.clock.stopped():
                yield self._checkpoint()
            self.over = Stopped(self.progress.step)

    # --- what it says ---------------------------------------------------------------------------------

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
            self.data.notice,
        )

    def _epoch_end(self) -> Iterator[Event]:
        """Evaluates, and keeps where the run stands."""
        progress, samples = self.progress, self.samples
        on_train = self._evaluation(samples.images[samples.probe], samples.labels[samples.probe])
        on_validation = None
        if len(samples.validation):
            held_back = samples.validation
            on_validation = self._evaluation(samples.images[held_back], samples.labels[held_back])
        trained = min(self.steps_per_epoch * self.batch_size, len(samples.train))
        epoch_s = progress.end_epoch()
        if not math.isfinite(on_train.loss):
            self.over = self._diverged(progress.step, on_train.loss)
            return
        if on_validation is not None:
            progress.note_validation(on_validation.loss, self.network, bool(self.spec.train.early_stopping))
        yield EpochDone(
            progress.epoch,
            progress.step,
            on_train.loss,
            on_train.accuracy,
            on_validation.loss if on_validation else None,
            on_validation.accuracy if on_validation else None,
            round(epoch_s, 4),
            round(trained / max(epoch_s, 1e-9), 1),
            self.step.lr,
        )
        yield self._checkpoint(epoch_end=progress.epoch)

    def _checkpoint(self, epoch_end: int = 0) -> Checkpoint:
        start = time.perf_counter()
        state, weights = self.progress.kept(self.network, self.step)
        now = time.perf_counter()
        self._next_checkpoint = now + max(CHECKPOINT_S, (now - start) / CHECKPOINT_SHARE)
        return Checkpoint(self.progress.step, self.progress.epoch, epoch_end, state, weights)

    def _finished(self, reason: str) -> Finished:
        test = self._evaluation(self.samples.test_images, self.samples.test_labels)
        low, high = wilson_interval(test.correct, test.total)
        progress = self.progress
        trained = min(self.steps_per_epoch * self.batch_size, len(self.samples.train))
        seconds = max(sum(progress.epoch_s), 1e-9)
        return Finished(
            progress.step,
            test.accuracy,
            low,
            high,
            test.loss,
            test.confusion,
            round(progress.elapsed_s, 4),
            tuple(round(s, 4) for s in progress.epoch_s),
            round(trained * len(progress.epoch_s) / seconds, 1),
            reason,
        )

    def _evaluation(self, images: torch.Tensor, labels: torch.Tensor) -> Evaluation:
        return evaluate(self.network, self.prepare, self.loss, images, labels)

    def _diverged(self, step: int, loss: float) -> Failed:
        rate = self.step.lr
        before = f" (it was {self._last_loss:.3g} before)" if math.isfinite(self._last_loss) else ""
        what = "not a number" if math.isnan(loss) else "infinite"
        return Failed(
            step,
            f"The loss became {what} at step {step}{before}, with a learning rate of {rate:.3g}.",
            f"Try a learning rate of {rate / 10:.1g}, gradient clipping at 1, or another initialisation.",
            "diverged",
        )


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return "can't allocate memory" in str(error) or "out of memory" in str(error).lower()


def _out_of_memory(spec: RunSpec, step: int) -> Failed:
    size = spec.train.batch_size
    advice = f"Try a batch size of {max(1, size // 4)}" + (" or a smaller network." if size < 64 else ".")
    return Failed(step, f"The memory did not suffice for a batch size of {size}.", advice, "out_of_memory")
