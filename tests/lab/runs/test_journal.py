"""What only the runner writes."""

from __future__ import annotations

import pytest

from lab.events import (
    SetLearningRate,
    Snapshot,
    Started,
    StepOnce,
)
from lab.runs.journal import SNAPSHOTS_KEPT, Journal
from lab.runs.store import Store
from tests.lab.runs.events_of_a_run import SPEC, epoch, finished, steps, write
from tests.support.narrowing import present


def test_a_wish_and_messages_reach_the_runner_in_order(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    assert record.changed()
    assert not record.changed()
    store.want(run_id, "pause")
    store.tell(run_id, StepOnce(steps=10))
    store.tell(run_id, SetLearningRate(learning_rate=0.5))
    assert record.changed()
    assert [task.want for task in record.tasks()] == ["pause"]
    assert [message for _, _, message in record.messages()] == [
        StepOnce(steps=10),
        SetLearningRate(learning_rate=0.5),
    ]
    with record.transaction():
        for number, _, _ in record.messages():
            record.done(number)
    assert record.messages() == []
    assert not record.changed()  # its own writes wake nobody


def test_the_figures_of_the_list_follow_the_events(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    write(
        record,
        run_id,
        Started(
            device="cpu",
            dataset="mnist",
            train_samples=100,
            validation_samples=20,
            test_samples=10,
            parameters=7850,
            steps_per_epoch=10,
            epochs=3,
            batch_size=10,
        ),
        steps(2, 2.0, 1.0),
    )
    run = present(store.run(run_id))
    assert (run.step, run.steps, run.epochs, run.curve) == (2, 30, 3, (2.0, 1.0))
    write(record, run_id, epoch(1, 0.5, None))
    assert present(store.run(run_id)).accuracy == 0.5
    write(record, run_id, epoch(2, 0.6, 0.55), finished(20, 0.93))
    run = present(store.run(run_id))
    assert (run.epoch, run.accuracy, run.test_accuracy) == (2, 0.55, 0.93)


def test_of_many_snapshots_the_newest_and_a_spread_of_the_others_are_kept(
    store: Store, record: Journal
) -> None:
    run_id = store.submit(SPEC)
    for step in range(1, 2 * SNAPSHOTS_KEPT):
        write(record, run_id, Snapshot(step=step))
    kept = [event.step for _, event in store.events(run_id, kinds=("snapshot",))]
    assert SNAPSHOTS_KEPT // 2 <= len(kept) <= SNAPSHOTS_KEPT
    assert (kept[0], kept[-1]) == (1, 2 * SNAPSHOTS_KEPT - 1)


def test_a_living_run_is_hidden_by_a_delete_until_the_runner_drops_it(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    store.delete(run_id)
    assert store.run(run_id) is None
    assert store.runs() == []
    assert [task.want for task in record.tasks()] == ["delete"]
    with record.transaction():
        record.drop(run_id)
    assert record.tasks() == []


def test_a_transaction_that_fails_leaves_nothing(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    with pytest.raises(AttributeError):
        write(record, run_id, steps(1, 1.0), "not an event")  # type: ignore[arg-type]
    assert store.events(run_id) == []
