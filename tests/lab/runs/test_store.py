"""What a store promises to pages."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.events import (
    Checkpoint,
    Event,
    NoProcess,
    Pause,
    Resume,
    SetLearningRate,
    Snapshot,
    Started,
    StepOnce,
    StepsDone,
    Stop,
)
from lab.paths import is_run_id, latest_weights
from lab.runs.journal import Journal
from lab.runs.store import Store, UnknownRunError
from tests.lab.runs.events_of_a_run import SPEC, epoch, steps, write
from tests.support.narrowing import as_a, present


def test_a_submitted_run_is_queued_under_an_id_that_is_its_own(store: Store) -> None:
    ids = [store.submit(SPEC, owner="ada") for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(map(is_run_id, ids))
    run = present(store.run(ids[0]))
    assert (run.state, run.want, run.owner, run.spec) == ("queued", "run", "ada", SPEC)
    assert run.title == SPEC.title
    assert run.is_active


def test_runs_are_newest_first_and_can_be_one_owners(store: Store) -> None:
    ids = [store.submit(SPEC, owner=owner, title=owner) for owner in ("ada", "emmy", "ada")]
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.runs(owner="ada")] == [ids[2], ids[0]]
    assert [run.id for run in store.runs(limit=1)] == [ids[2]]


def test_an_owners_runs_are_counted_without_those_deleted(store: Store) -> None:
    mine, _, _ = store.submit(SPEC, "me"), store.submit(SPEC, "me"), store.submit(SPEC, "you")
    store.delete(mine)
    assert (store.count("me"), store.count("you"), store.count("nobody")) == (1, 1, 0)


@given(st.text() | st.sampled_from(["../..", "amber-finch-aaaaaa", "' OR 1=1 --"]))
@settings(max_examples=30)
def test_no_text_finds_a_run_that_is_not_there(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    store = Store(tmp_path_factory.getbasetemp())
    assert store.run(text) is None
    for attempt in (
        lambda: store.want(text, "stop"),
        lambda: store.tell(text, Resume()),
        lambda: store.delete(text),
        lambda: store.rename(text, "x"),
    ):
        with pytest.raises(UnknownRunError):
            attempt()
    store.close()


def test_a_wish_that_does_not_exist_names_those_that_do(store: Store) -> None:
    run_id = store.submit(SPEC)
    with pytest.raises(ValueError, match="allowed: run, pause or stop"):
        store.want(run_id, "explode")  # type: ignore[arg-type]


def test_pause_resume_and_stop_are_wishes_whichever_way_they_are_said(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    for message, wish in (
        (Pause(), "pause"),
        (Resume(), "run"),
        (StepOnce(steps=1), "pause"),
        (Stop(), "stop"),
    ):
        store.tell(run_id, message)
        assert present(store.run(run_id)).want == wish
    assert [message for _, _, message in record.messages()] == [StepOnce(steps=1)]


def test_an_ended_run_takes_no_messages(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    with record.transaction():
        record.state(run_id, "failed", NoProcess(detail="no more"))
    with pytest.raises(UnknownRunError):
        store.tell(run_id, SetLearningRate(learning_rate=0.1))
    run = present(store.run(run_id))
    assert (run.state, run.cause, run.is_active) == ("failed", NoProcess(detail="no more"), False)
    assert run.ended_at is not None
    assert record.tasks() == []


def test_events_come_back_equal_in_order_and_only_the_new_ones(store: Store, record: Journal) -> None:
    run_id, other = store.submit(SPEC), store.submit(SPEC)
    said: list[Event] = [
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
        steps(2, 2.5, 2.25),
        Snapshot(step=2, weights=((1, -127),), probabilities=((0.5, 0.5),)),
        epoch(1, 0.5, 0.4),
        Checkpoint(step=10, epoch=1, epoch_end=1),
    ]
    write(record, run_id, *said)
    write(record, other, steps(1, 9.0))
    events = store.events(run_id)
    assert [event for _, event in events] == said
    assert [seq for seq, _ in events] == sorted({seq for seq, _ in events})
    assert [event for _, event in store.events(run_id, after=events[2][0])] == said[3:]
    assert [event for _, event in store.events(run_id, kinds=("snapshot", "checkpoint"))] == [
        said[2],
        said[4],
    ]
    assert store.last_event(run_id, "steps_done") == events[1]
    assert store.last_event(run_id, "failed") is None


def test_a_long_run_can_be_read_in_few_evenly_spread_events_with_the_last(
    store: Store, record: Journal
) -> None:
    run_id = store.submit(SPEC)
    write(record, run_id, *(steps(n, 1.0 / n) for n in range(1, 5001)))
    events = store.events(run_id, kinds=("steps_done",), at_most=100)
    assert 90 <= len(events) <= 101
    read = [as_a(StepsDone, event).step for _, event in events]
    assert read[-1] == 5000
    gaps = {b - a for a, b in pairwise(read)}
    assert max(gaps) <= 50


def test_an_ended_run_is_deleted_with_its_events_and_files(store: Store, record: Journal, home: Path) -> None:
    run_id, other = store.submit(SPEC), store.submit(SPEC)
    for each in (run_id, other):
        latest_weights(home, each).parent.mkdir(parents=True)
        latest_weights(home, each).write_bytes(b"12345")
        write(record, each, steps(1, 1.0))
    assert store.sizes() == {run_id: 5, other: 5}
    with record.transaction():
        record.state(run_id, "finished")
    store.delete(run_id)
    assert store.run(run_id) is None
    assert store.events(run_id) == []
    assert store.sizes() == {other: 5}
    assert len(store.events(other)) == 1


def test_one_store_serves_many_threads(store: Store) -> None:
    ids: list[str] = []
    errors: list[BaseException] = []

    def visit() -> None:
        try:
            for _ in range(10):
                ids.append(store.submit(SPEC))
                assert store.run(ids[-1]) is not None
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(store.runs(limit=1000)) == 80
