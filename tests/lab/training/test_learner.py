"""What learns in a run: its batches, its rate, its weights."""

from __future__ import annotations

import pytest
import torch

from lab.parts.augmentations import Shift
from lab.parts.optimizers import SGD
from lab.parts.schedules import Cosine
from lab.training.learner import Learner
from tests.support.small_runs import digits, spec_of


def seen(learner: Learner, epoch: int, done: int = 0) -> torch.Tensor:
    """The labels of the batches that are left, in their order."""
    return torch.cat([labels.clone() for _, labels in learner.batches(epoch, done)])


def test_the_batches_left_are_the_rest_of_the_same_epoch() -> None:
    learner = Learner(spec_of(), digits(), None)
    whole = seen(learner, 1)
    assert len(whole) == learner.samples_per_epoch == 200
    assert torch.equal(seen(learner, 1, 4), whole[80:])
    assert not torch.equal(seen(learner, 2), whole)


def test_the_seed_decides_the_weights() -> None:
    one, again, other = (Learner(spec_of(seed=seed), digits(), None) for seed in (1, 1, 2))
    mine, same, others = (next(each.network.parameters()) for each in (one, again, other))
    assert torch.equal(mine, same)
    assert not torch.equal(mine, others)


def test_a_batch_is_never_larger_than_the_samples() -> None:
    learner = Learner(spec_of(batch_size=1000), digits(), None)
    assert (learner.batch_size, learner.steps_per_epoch) == (200, 1)


def test_the_rate_is_the_optimizers_times_the_schedules_share() -> None:
    learner = Learner(spec_of(optimizer=SGD(lr=0.5), schedule=Cosine(), epochs=2), digits(), None)
    rates = [learner.scheduled_rate(number) for number in range(20)]
    plain = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    torchs = torch.optim.lr_scheduler.CosineAnnealingLR(plain, 20, eta_min=0.5 * Cosine().final)
    for rate in rates:
        assert rate == pytest.approx(torchs.get_last_lr()[0], abs=1e-9)
        plain.step()
        torchs.step()


def test_the_number_of_a_step_decides_how_its_images_are_varied() -> None:
    spec = spec_of(data={"augmentations": (Shift(),)})

    def after(number: int) -> torch.Tensor:
        learner = Learner(spec, digits(), None)
        images, labels = next(learner.batches(0, 0))
        learner.train_on(images, labels, number)
        return next(learner.network.parameters()).detach().clone()

    assert torch.equal(after(3), after(3))
    assert not torch.equal(after(3), after(4))


def test_without_samples_held_back_there_is_no_validation() -> None:
    assert Learner(spec_of(), digits(), None).on_validation() is None
    held = Learner(spec_of(data={"validation_share": 0.2}), digits(), None).on_validation()
    assert held is not None
    assert held.total == 40
