"""What a store promises to pages, and what the runner's record adds to it."""

from __future__ import annotations

import threading
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab import database
from lab.database import DiskFullError, StoreError
from lab.events import (
    Checkpoint,
    EpochDone,
    Finished,
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
from lab.presets import preset
from lab.runs.coarse_curve import POINTS, CoarseCurve, coarse_curve_from_json
from lab.runs.database import store_path
from lab.runs.journal import SNAPSHOTS_KEPT, Journal
from lab.runs.run import new_run_id
from lab.runs.store import Store, UnknownRunError

SPEC = preset("softmax")


@pytest.fixture
def store(home):
    store = Store(home)
    yield store
    store.close()


@pytest.fixture
def record(home, store):
    record = Journal(home)
    yield record
    record.close()


def steps(step: int, *losses: float) -> StepsDone:
    return StepsDone(step=step, losses=losses, learning_rate=0.1, samples_per_s=1000.0, elapsed_s=0.5)


def epoch(number: int, train: float, validation: float | None) -> EpochDone:
    return EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=0.3,
        train_accuracy=train,
        validation_loss=None,
        validation_accuracy=validation,
        epoch_s=1.0,
        samples_per_s=1000.0,
        learning_rate=0.1,
    )


def finished(step: int, accuracy: float) -> Finished:
    return Finished(
        step=step,
        test_accuracy=accuracy,
        test_low=0.9,
        test_high=0.95,
        test_loss=0.2,
        confusion=((1, 0), (0, 1)),
        elapsed_s=3.0,
        epoch_s=(1.0,),
        samples_per_s=1000.0,
    )


def write(record: Journal, run_id: str, *events) -> None:
    with record.transaction():
        for event in events:
            record.event(run_id, event)


def test_a_submitted_run_is_queued_under_an_id_that_is_its_own(store):
    ids = [store.submit(SPEC, owner="ada") for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(map(is_run_id, ids))
    run = store.run(ids[0])
    assert (run.state, run.want, run.owner, run.spec) == ("queued", "run", "ada", SPEC)
    assert run.title == SPEC.title
    assert run.is_active


def test_every_new_id_is_an_id():
    assert all(is_run_id(new_run_id()) for _ in range(3000))


def test_runs_are_newest_first_and_can_be_one_owners(store):
    ids = [store.submit(SPEC, owner=owner, title=owner) for owner in ("ada", "emmy", "ada")]
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.runs(owner="ada")] == [ids[2], ids[0]]
    assert [run.id for run in store.runs(limit=1)] == [ids[2]]


def test_an_owners_runs_are_counted_without_those_deleted(store):
    mine, _, _ = store.submit(SPEC, "me"), store.submit(SPEC, "me"), store.submit(SPEC, "you")
    store.delete(mine)
    assert (store.count("me"), store.count("you"), store.count("nobody")) == (1, 1, 0)


@given(st.text() | st.sampled_from(["../..", "amber-finch-aaaaaa", "' OR 1=1 --"]))
@settings(max_examples=30)
def test_no_text_finds_a_run_that_is_not_there(tmp_path_factory, text):
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


def test_a_wish_that_does_not_exist_names_those_that_do(store):
    run_id = store.submit(SPEC)
    with pytest.raises(ValueError, match="allowed: run, pause, stop"):
        store.want(run_id, "explode")


def test_a_wish_and_messages_reach_the_runner_in_order(store, record):
    run_id = store.submit(SPEC)
    assert record.changed()
    assert not record.changed()
    store.want(run_id, "pause")
    store.tell(run_id, StepOnce(10))
    store.tell(run_id, SetLearningRate(0.5))
    assert record.changed()
    assert [task.want for task in record.tasks()] == ["pause"]
    assert [message for _, _, message in record.messages()] == [StepOnce(10), SetLearningRate(0.5)]
    with record.transaction():
        for number, _, _ in record.messages():
            record.done(number)
    assert record.messages() == []
    assert not record.changed()  # its own writes wake nobody


def test_pause_resume_and_stop_are_wishes_whichever_way_they_are_said(store, record):
    run_id = store.submit(SPEC)
    for message, wish in ((Pause(), "pause"), (Resume(), "run"), (StepOnce(1), "pause"), (Stop(), "stop")):
        store.tell(run_id, message)
        assert store.run(run_id).want == wish
    assert [message for _, _, message in record.messages()] == [StepOnce(1)]


def test_an_ended_run_takes_no_messages(store, record):
    run_id = store.submit(SPEC)
    with record.transaction():
        record.state(run_id, "failed", NoProcess(detail="no more"))
    with pytest.raises(UnknownRunError):
        store.tell(run_id, SetLearningRate(0.1))
    run = store.run(run_id)
    assert (run.state, run.cause, run.is_active) == ("failed", NoProcess(detail="no more"), False)
    assert run.ended_at is not None
    assert record.tasks() == []


def test_events_come_back_equal_in_order_and_only_the_new_ones(store, record):
    run_id, other = store.submit(SPEC), store.submit(SPEC)
    said = [
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


def test_a_long_run_can_be_read_in_few_evenly_spread_events_with_the_last(store, record):
    run_id = store.submit(SPEC)
    write(record, run_id, *(steps(n, 1.0 / n) for n in range(1, 5001)))
    events = store.events(run_id, kinds=("steps_done",), at_most=100)
    assert 90 <= len(events) <= 101
    assert events[-1][1].step == 5000
    gaps = {b[1].step - a[1].step for a, b in pairwise(events)}
    assert max(gaps) <= 50


def test_the_figures_of_the_list_follow_the_events(store, record):
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
    run = store.run(run_id)
    assert (run.step, run.steps, run.epochs, run.curve) == (2, 30, 3, (2.0, 1.0))
    write(record, run_id, epoch(1, 0.5, None))
    assert store.run(run_id).accuracy == 0.5
    write(record, run_id, epoch(2, 0.6, 0.55), finished(20, 0.93))
    run = store.run(run_id)
    assert (run.epoch, run.accuracy, run.test_accuracy) == (2, 0.55, 0.93)


def test_of_many_snapshots_the_newest_and_a_spread_of_the_others_are_kept(store, record):
    run_id = store.submit(SPEC)
    for step in range(1, 2 * SNAPSHOTS_KEPT):
        write(record, run_id, Snapshot(step=step))
    kept = [event.step for _, event in store.events(run_id, kinds=("snapshot",))]
    assert SNAPSHOTS_KEPT // 2 <= len(kept) <= SNAPSHOTS_KEPT
    assert (kept[0], kept[-1]) == (1, 2 * SNAPSHOTS_KEPT - 1)


def test_an_ended_run_is_deleted_with_its_events_and_files(store, record, home):
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


def test_a_living_run_is_hidden_by_a_delete_until_the_runner_drops_it(store, record):
    run_id = store.submit(SPEC)
    store.delete(run_id)
    assert store.run(run_id) is None
    assert store.runs() == []
    assert [task.want for task in record.tasks()] == ["delete"]
    with record.transaction():
        record.drop(run_id)
    assert record.tasks() == []


def test_a_transaction_that_fails_leaves_nothing(store, record):
    run_id = store.submit(SPEC)
    with pytest.raises(AttributeError):
        write(record, run_id, steps(1, 1.0), "not an event")
    assert store.events(run_id) == []


def test_a_full_disk_is_said_in_words_and_what_was_written_stays_readable(store, record):
    run_id = store.submit(SPEC)
    write(record, run_id, steps(1, 1.0))
    pages = record._connection.execute("PRAGMA page_count").fetchone()[0]
    record._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError, match="is full: free some space"):
        write(record, run_id, *(steps(n, *([0.5] * 500)) for n in range(2, 200)))
    assert [event.step for _, event in store.events(run_id)] == [1]
    record._connection.execute("PRAGMA max_page_count = 1000000")
    write(record, run_id, steps(2, 1.0))
    assert [event.step for _, event in store.events(run_id)] == [1, 2]


def test_a_store_opened_on_a_full_disk_shows_its_runs_and_refuses_new_ones(store, home, monkeypatch):
    run_id = store.submit(SPEC)
    store.close()
    monkeypatch.setattr(database.shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    (home / "lab.sqlite-wal").mkdir()  # no more can SQLite make its file there
    full = Store(home)
    assert [run.id for run in full.runs()] == [run_id]
    with pytest.raises(DiskFullError, match="is full: free some space"):
        full.submit(SPEC)
    (home / "lab.sqlite-wal").rmdir()
    assert full.submit(SPEC) in {run.id for run in full.runs()}


def test_a_file_that_is_no_store_is_named_in_the_error(home):
    store_path(home).write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="is damaged"):
        Store(home)


def test_a_store_of_a_later_version_is_refused_untouched(home, store):
    with store._connection() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        Journal(home)


def test_one_store_serves_many_threads(store):
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


@given(st.lists(st.lists(st.floats(0, 10) | st.none(), min_size=1, max_size=40), max_size=30))
def test_a_coarse_curve_holds_the_mean_of_every_stretch_of_a_curve(blocks):
    curve, losses = CoarseCurve(), []
    for block in blocks:
        losses += block
        curve.add(len(losses), block)
    assert len(curve.points) < POINTS
    for index, point in enumerate(curve.points):
        stretch = losses[index * curve.stride : (index + 1) * curve.stride]
        if None not in stretch:
            assert point == pytest.approx(sum(stretch) / len(stretch))
    again = coarse_curve_from_json(curve.to_json())
    assert again.stride == curve.stride
    assert len(again.points) == len(curve.points)


def test_a_coarse_curve_of_a_run_taken_up_again_forgets_what_came_after_the_checkpoint():
    curve = CoarseCurve()
    curve.add(4, (4.0, 3.0, 2.0, 1.0))
    curve.add(3, (9.0,))
    assert curve.points == [4.0, 3.0, 9.0]
