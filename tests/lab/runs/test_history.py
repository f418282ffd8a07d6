"""A run's past, folded into curves of bounded length, loses no peak and follows a rewind."""

import math

from hypothesis import given
from hypothesis import strategies as st

from lab.events import EpochDone, Finished, LayerState, Loss, Resumed, Snapshot, Started, StepsDone
from lab.runs.history import BUCKETS, SNAPSHOTS, Curve, History

LOSSES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3000)


@given(losses=LOSSES, block=st.integers(1, 700))
def test_a_curve_keeps_its_peaks_however_it_comes_in(losses: list[float], block: int) -> None:
    curve = Curve()
    for start in range(0, len(losses), block):
        curve.add(start + 1, losses[start : start + block])
    assert len(curve.steps) == len(curve.low) == len(curve.high) == len(curve.smooth) <= BUCKETS
    assert (min(curve.low), max(curve.high)) == (min(losses), max(losses))
    assert curve.steps[-1] == len(losses)
    assert curve.steps == sorted(set(curve.steps))
    assert curve.first == losses[0]


def test_what_is_not_finite_leaves_a_gap() -> None:
    curve = Curve()
    curve.add(1, [1.0, None, float("nan"), 2.0])
    assert curve.steps == [1, 4]


def test_smoothing_starts_at_the_first_value() -> None:
    curve = Curve()
    curve.add(1, [5.0] * 50)
    assert curve.smooth[0] == curve.smooth[-1] == 5.0


def test_smoothing_keeps_up_with_the_steep_start() -> None:
    curve = Curve()
    curve.add(1, [math.exp(-step / 20) for step in range(100)])
    assert all(0.9 * low <= smooth <= 1.1 * low for low, smooth in zip(curve.low, curve.smooth, strict=True))


def test_smoothing_never_falls_below_what_was_seen() -> None:
    curve = Curve()
    curve.add(1, [2.0] * 50 + [0.1] * 100)
    assert min(curve.smooth) >= 0.1 - 1e-9


def _started(step: int = 0) -> Started:
    return Started(
        device="cpu",
        dataset="mnist",
        train_samples=1000,
        validation_samples=0,
        test_samples=100,
        parameters=10,
        steps_per_epoch=10,
        epochs=5,
        batch_size=100,
        step=step,
    )


def _epoch(number: int) -> EpochDone:
    return EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=1.0,
        train_accuracy=0.5,
        validation_loss=None,
        validation_accuracy=None,
        epoch_s=0.1,
        samples_per_s=1e4,
        learning_rate=0.1,
    )


def test_an_interrupted_run_goes_on_from_its_checkpoint() -> None:
    history = History()
    history.extend(
        [
            _started(),
            StepsDone(step=20, losses=(1.0,) * 20, learning_rate=0.1, samples_per_s=1e4, elapsed_s=1.0),
            _epoch(1),
            _epoch(2),
        ]
    )
    history.extend(
        [
            _started(10),
            Resumed(step=10, after="loss", loss=Loss(cause="ended", signal="SIGKILL")),
            StepsDone(step=15, losses=(2.0,) * 5, learning_rate=0.1, samples_per_s=1e4, elapsed_s=1.0),
        ]
    )
    assert history.step == 15
    assert [epoch.epoch for epoch in history.epochs] == [1]
    assert history.loss.steps == [*range(1, 16)]
    assert history.loss.high[-1] == 2.0


def test_time_left_follows_the_speed_and_ends_with_the_run() -> None:
    assert History().remaining_s is None
    history = History()
    history.extend(
        [
            _started(),
            StepsDone(step=10, losses=(1.0,) * 10, learning_rate=0.1, samples_per_s=1000.0, elapsed_s=1.0),
        ]
    )
    assert history.remaining_s == 4.0
    history.extend(
        [
            Finished(
                step=50,
                test_accuracy=0.9,
                test_low=0.8,
                test_high=1.0,
                test_loss=0.3,
                confusion=(),
                elapsed_s=5.0,
                epoch_s=(1.0,),
                samples_per_s=1000.0,
            )
        ]
    )
    assert history.remaining_s is None


def test_many_snapshots_are_thinned_and_only_the_newest_keeps_its_pictures() -> None:
    history = History()
    layers = (LayerState(name="1", gradient_norm=1.0, update_ratio=0.1, mean_activation=0.5),)
    history.extend(
        Snapshot(step=step, layers=layers, weight_height=1, weight_width=1, weights=((3,),))
        for step in range(1000)
    )
    assert len(history.snapshots) <= SNAPSHOTS
    assert history.snapshot is not None
    assert history.snapshot.weights
    assert not any(snapshot.weights for snapshot in history.snapshots[:-1])
