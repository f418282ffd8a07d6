"""The curves of a run: what a person can see in them, from the first steps to a long run."""

from __future__ import annotations

import pytest

from lab import events
from lab.figures.runs.curves import (
    LAYER_QUANTITIES,
    accuracy_data,
    accuracy_figure,
    loss_data,
    loss_figure,
    rate_data,
    rate_figure,
)
from lab.runs.history import History


def after(steps: int) -> History:
    history = History()
    losses = [1 / (1 + step % 7) for step in range(steps)]
    for start in range(0, steps, 10):
        some = tuple(losses[start : start + 10])
        history.extend(
            [
                events.StepsDone(
                    step=start + len(some), losses=some, learning_rate=0.1, samples_per_s=1e4, elapsed_s=1.0
                )
            ]
        )
    return history


def each_step(history: History) -> dict[str, object]:
    traces = loss_figure(loss_data(history), log=True)["data"]
    (found,) = [trace for trace in traces if trace.get("name") == "each step"]
    return dict(found)


def test_the_raw_loss_of_a_short_run_is_a_line_of_its_own() -> None:
    shown = each_step(after(100))
    assert shown["line"]["width"] > 0  # type: ignore[index]
    assert len(set(shown["y"])) == 7  # type: ignore[call-overload]


def test_the_raw_loss_of_a_long_run_is_a_band_of_few_points() -> None:
    shown = each_step(after(20_000))
    assert shown["line"]["width"] == 0  # type: ignore[index]
    assert len(shown["x"]) <= 400  # type: ignore[arg-type]


def test_the_losses_after_an_epoch_are_not_called_a_mean_of_its_steps() -> None:
    history = after(10)
    history.extend(
        [
            events.EpochDone(
                epoch=1,
                step=10,
                train_loss=0.3,
                train_accuracy=0.9,
                validation_loss=0.4,
                validation_accuracy=0.85,
                epoch_s=0.2,
                samples_per_s=5e4,
                learning_rate=0.001,
            )
        ]
    )
    traces = loss_figure(loss_data(history), log=True)["data"]
    assert [(trace["name"], trace["y"]) for trace in traces[-2:]] == [
        ("train, after the epoch", [0.3]),
        ("validation", [0.4]),
    ]


@pytest.mark.parametrize(
    ("epochs", "loss", "accuracy"), [(5, "markers", "lines+markers"), (275, "lines", "lines")]
)
def test_many_epochs_are_lines_that_cover_nothing(epochs: int, loss: str, accuracy: str) -> None:
    history = after(10 * epochs)
    some = [
        events.EpochDone(
            epoch=i,
            step=10 * i,
            train_loss=0.3,
            train_accuracy=0.9,
            validation_loss=0.4,
            validation_accuracy=0.85,
            epoch_s=0.2,
            samples_per_s=5e4,
            learning_rate=0.001,
        )
        for i in range(1, epochs + 1)
    ]
    history.extend(some)
    assert [trace["mode"] for trace in loss_figure(loss_data(history), log=True)["data"][-2:]] == [loss] * 2
    drawn = accuracy_figure(accuracy_data(history), epochs=epochs)["data"]
    assert [trace["mode"] for trace in drawn] == [accuracy] * 2


@pytest.mark.parametrize("log", [False, True])
def test_before_the_first_step_the_axis_has_a_range_of_its_own(log: bool) -> None:
    assert loss_figure(loss_data(History()), log=log)["layout"]["yaxis"]["range"]


@pytest.mark.parametrize(
    ("low", "high", "dtick"), [(0.1, 2.3, "D2"), (2.2, 2.3, None), (1e-3, 1e27, None), (0.0, 0.0, "D2")]
)
def test_a_log_axis_has_ticks_that_can_be_read(low: float, high: float, dtick: str | None) -> None:
    history = History()
    history.extend(
        [events.StepsDone(step=2, losses=(high, low), learning_rate=0.1, samples_per_s=1e4, elapsed_s=1.0)]
    )
    assert loss_figure(loss_data(history), log=True)["layout"]["yaxis"].get("dtick") == dtick


def test_the_test_accuracy_is_a_line_across_even_after_one_epoch() -> None:
    history = History()
    history.extend(
        [
            events.EpochDone(
                epoch=1,
                step=10,
                train_loss=0.3,
                train_accuracy=0.9,
                validation_loss=None,
                validation_accuracy=None,
                epoch_s=0.2,
                samples_per_s=5e4,
                learning_rate=0.001,
            )
        ]
    )
    history.extend(
        [
            events.Finished(
                step=10,
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
    figure = accuracy_figure(accuracy_data(history), epochs=1)
    assert figure["data"][-1]["x"] == [0.5, 1.5]


def test_the_accuracy_of_each_epoch_is_in_per_cent() -> None:
    history = History()
    history.extend(
        [
            events.EpochDone(
                epoch=1,
                step=10,
                train_loss=0.3,
                train_accuracy=0.9,
                validation_loss=0.4,
                validation_accuracy=0.85,
                epoch_s=0.2,
                samples_per_s=5e4,
                learning_rate=0.001,
            )
        ]
    )
    data = accuracy_data(history)
    assert (data.train[1], data.validation[1], data.test) == ([90.0], [85.0], None)
    assert [trace["name"] for trace in accuracy_figure(data, epochs=3)["data"]] == ["train", "validation"]


def test_dead_units_are_explained_by_what_was_measured() -> None:
    dead = next(quantity for quantity in LAYER_QUANTITIES if quantity.name == "dead")
    assert f"all of {events.PROBE_IMAGES} test images" in str(dead.summary)


def test_a_constant_learning_rate_stands_on_an_axis_from_zero() -> None:
    figure = rate_figure(rate_data(after(100)))
    assert set(figure["data"][0]["y"]) == {0.1}
    assert figure["layout"]["yaxis"]["rangemode"] == "tozero"
