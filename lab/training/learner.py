"""What learns in a run: the network, its samples, its step, put together from the spec.

Owns the assembly, and evaluation with the run's own loss. Knows no clock and no interruption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from lab.data import Dataset
from lab.events import Note, PlainSteps
from lab.machine.device import tried_device
from lab.network.build import build_network
from lab.network.transfer import freeze, take_over
from lab.spec import RunSpec
from lab.steps import Batches, make_step
from lab.training.augmenting import augmented
from lab.training.epochs import steps_per_epoch
from lab.training.evaluate import Evaluation, evaluate
from lab.training.samples import Prepare, draw_samples, epoch_order, generator_for


class Learner:
    """A network and all that one step of its training needs, on its device.

    Raises: SpecError, when the network cannot be built or the device is not there.
    """

    def __init__(self, spec: RunSpec, data: Dataset, first_weights: Mapping[str, Tensor] | None) -> None:
        self.spec, self.data = spec, data
        self.device, passed_over = tried_device(spec.train.device)
        if self.device.type == "cpu":
            # The order of additions, so the last digits, must not depend on how busy the machine is.
            torch.set_num_threads(1)
        self.samples = draw_samples(spec.data, spec.train.seed, data, self.device)
        self.batch_size = min(spec.train.batch_size, len(self.samples.train))
        self.steps_per_epoch = steps_per_epoch(len(self.samples.train), self.batch_size)
        self.samples_per_epoch = min(self.steps_per_epoch * self.batch_size, len(self.samples.train))
        self.network = build_network(spec.network, generator_for(spec.train.seed, "weights")).to(self.device)
        self.notes: list[Note] = [note for note in (data.stand_in, passed_over) if note is not None]
        if first_weights is not None:
            self.notes.append(take_over(self.network, first_weights))
        freeze(self.network, spec.network.initialisation)
        self.prepare = Prepare(spec.data.normalisation)
        self._loss = spec.train.loss.function()
        rule = getattr(torch.optim, spec.train.optimizer.torch_name)
        trained = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        self.step = make_step(
            self.network,
            self._loss,
            rule(trained, **spec.train.optimizer.options()),
            prepare=self.prepare,
            clip_norm=spec.train.clip_norm,
            l1=spec.train.l1,
        )
        self._batches = Batches(self.samples.images, self.samples.labels, self.batch_size)

    def rehearse(self) -> None:
        """Makes the fast way of training and tries it, from where the run stands; adds what is to be said of it."""
        some = self.samples.train[: self.batch_size]
        self.step.rehearse(self.samples.images[some], self.samples.labels[some])
        if fault := self.step.fault:
            self.notes.append(PlainSteps(what=fault.what, detail=fault.detail))

    def batches(self, epoch: int, done: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of an epoch that are left after `done` of them, as they are before augmentation.

        Shapes: images (B, 28, 28) uint8, labels (B,) int64; they hold until the next batch is asked for.
        """
        order = epoch_order(self.samples.train, self.batch_size, self.spec.train.seed, epoch)
        return self._batches(order[done * self.batch_size :])

    def train_on(self, images: Tensor, labels: Tensor, number: int) -> None:
        """One step, the run's `number`th counted from 0; which decides how the images are varied."""
        if self.spec.data.augmentations:
            draws = generator_for(self.spec.train.seed, "augmentation", number)
            images = augmented(images, self.spec.data.augmentations, draws)
        self.step(images, labels)

    def scheduled_rate(self, number: int) -> float:
        """The learning rate of a step, by optimizer and schedule."""
        train = self.spec.train
        return train.optimizer.lr * train.schedule.factor(number, self.steps_per_epoch, train.epochs)

    def on_training(self) -> Evaluation:
        """How good the network is on some of its training samples, always the same."""
        rows = self.samples.probe
        return self._evaluation(self.samples.images[rows], self.samples.labels[rows])

    def on_validation(self) -> Evaluation | None:
        """How good the network is on the samples held back; None where there are none."""
        rows = self.samples.validation
        if not len(rows):
            return None
        return self._evaluation(self.samples.images[rows], self.samples.labels[rows])

    def on_test(self) -> Evaluation:
        """How good the network is on the test set."""
        return self._evaluation(self.samples.test_images, self.samples.test_labels)

    def _evaluation(self, images: Tensor, labels: Tensor) -> Evaluation:
        return evaluate(self.network, self.prepare, self._loss, images, labels)
