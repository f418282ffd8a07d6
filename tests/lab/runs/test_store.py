"""What a store promises to pages, and what the runner's record adds to it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.events import (
    Checkpoint,
    EpochDone,
    Event,
    Finished,
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
from lab.runner.lock import is_held, take
from lab.runs.coarse_curve import POINTS, CoarseCurve, coarse_curve_from_json
from lab.runs.database import DiskFullError, StoreError, store_path
from lab.runs.journal import SNAPSHOTS_KEPT, Journal
from lab.runs.run import new_run_id
from lab.runs.store import Store, UnknownRunError
from tests.support.kept import events_of
from tests.support.narrowing import as_a, present

SPEC = preset("softmax")


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    store = Store(home)
    yield store
    store.close()


@pytest.fixture
def record(home: Path, store: Store) -> Iterator[Journal]:
    record = Journal(home)
    yield record
    record.close()


def steps(step: int, *losses: float) -> StepsDone:
    return StepsDone(step, losses, 0.1, 1000.0, 0.5)


def epoch(number: int, train: float, validation: float | None) -> EpochDone:
    return EpochDone(number, number * 10, 0.3, train, None, validation, 1.0, 1000.0, 0.1)


def finished(step: int, accuracy: float) -> Finished:
    return Finished(step, accuracy, 0.9, 0.95, 0.2, ((1, 0), (0, 1)), 3.0, (1.0,), 1000.0)


def write(record: Journal, run_id: str, *events: Event) -> None:
    with record.transaction():
        for event in events:
            record.event(run_id, event)


def test_a_submitted_run_is_queued_under_an_id_that_is_its_own(store: Store) -> None:
    ids = [store.submit(SPEC, owner="ada") for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(map(is_run_id, ids))
    run = present(store.run(ids[0]))
    assert (run.state, run.want, run.owner, run.spec) == ("queued", "run", "ada", SPEC)
    assert run.title == SPEC.title
    assert run.is_active


def test_every_new_id_is_an_id() -> None:
    assert all(is_run_id(new_run_id()) for _ in range(3000))


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
    with pytest.raises(ValueError, match="allowed: run, pause, stop"):
        store.want(run_id, "explode")  # type: ignore[arg-type]


def test_a_wish_and_messages_reach_the_runner_in_order(store: Store, record: Journal) -> None:
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


def test_pause_resume_and_stop_are_wishes_whichever_way_they_are_said(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    for message, wish in ((Pause(), "pause"), (Resume(), "run"), (StepOnce(1), "pause"), (Stop(), "stop")):
        store.tell(run_id, message)
        assert present(store.run(run_id)).want == wish
    assert [message for _, _, message in record.messages()] == [StepOnce(1)]


def test_an_ended_run_takes_no_messages(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    with record.transaction():
        record.state(run_id, "failed", "the reason")
    with pytest.raises(UnknownRunError):
        store.tell(run_id, SetLearningRate(0.1))
    run = present(store.run(run_id))
    assert (run.state, run.reason, run.is_active) == ("failed", "the reason", False)
    assert run.ended_at is not None
    assert record.tasks() == []


def test_events_come_back_equal_in_order_and_only_the_new_ones(store: Store, record: Journal) -> None:
    run_id, other = store.submit(SPEC), store.submit(SPEC)
    said: list[Event] = [
        Started("cpu", "mnist", 100, 20, 10, 7850, 10, 3, 10),
        steps(2, 2.5, 2.25),
        Snapshot(2, weights=((1, -127),), probabilities=((0.5, 0.5),)),
        epoch(1, 0.5, 0.4),
        Checkpoint(10, 1, 1),
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


def test_the_figures_of_the_list_follow_the_events(store: Store, record: Journal) -> None:
    run_id = store.submit(SPEC)
    write(record, run_id, Started("cpu", "mnist", 100, 20, 10, 7850, 10, 3, 10), steps(2, 2.0, 1.0))
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
        write(record, run_id, Snapshot(step))
    kept = [event.step for event in events_of(store, run_id, Snapshot)]
    assert SNAPSHOTS_KEPT // 2 <= len(kept) <= SNAPSHOTS_KEPT
    assert (kept[0], kept[-1]) == (1, 2 * SNAPSHOTS_KEPT - 1)


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


def test_a_full_disk_is_said_in_words_and_what_was_written_stays_readable(
    store: Store, record: Journal
) -> None:
    run_id = store.submit(SPEC)
    write(record, run_id, steps(1, 1.0))
    pages = record._connection.execute("PRAGMA page_count").fetchone()[0]
    record._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError, match="is full: free some space"):
        write(record, run_id, *(steps(n, *([0.5] * 500)) for n in range(2, 200)))
    assert [event.step for event in events_of(store, run_id, StepsDone)] == [1]
    record._connection.execute("PRAGMA max_page_count = 1000000")
    write(record, run_id, steps(2, 1.0))
    assert [event.step for event in events_of(store, run_id, StepsDone)] == [1, 2]


def test_a_store_opened_on_a_full_disk_shows_its_runs_and_refuses_new_ones(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = store.submit(SPEC)
    store.close()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    (home / "lab.sqlite-wal").mkdir()  # no more can SQLite make its file there
    full = Store(home)
    assert [run.id for run in full.runs()] == [run_id]
    with pytest.raises(DiskFullError, match="is full: free some space"):
        full.submit(SPEC)
    (home / "lab.sqlite-wal").rmdir()
    assert full.submit(SPEC) in {run.id for run in full.runs()}


def test_a_file_that_is_no_store_is_named_in_the_error(home: Path) -> None:
    store_path(home).write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="is damaged"):
        Store(home)


def test_a_store_of_a_later_version_is_refused_untouched(home: Path, store: Store) -> None:
    with store._connection() as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        Journal(home)


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


@given(st.lists(st.lists(st.floats(0, 10) | st.none(), min_size=1, max_size=40), max_size=30))
def test_a_coarse_curve_holds_the_mean_of_every_stretch_of_a_curve(blocks: list[list[float | None]]) -> None:
    curve = CoarseCurve()
    losses: list[float | None] = []
    for block in blocks:
        losses += block
        curve.add(len(losses), block)
    assert len(curve.points) < POINTS
    for index, point in enumerate(curve.points):
        stretch = losses[index * curve.stride : (index + 1) * curve.stride]
        whole = [loss for loss in stretch if loss is not None]
        if len(whole) == len(stretch):
            assert point == pytest.approx(sum(whole) / len(whole))
    again = coarse_curve_from_json(curve.to_json())
    assert again.stride == curve.stride
    assert len(again.points) == len(curve.points)


def test_a_coarse_curve_of_a_run_taken_up_again_forgets_what_came_after_the_checkpoint() -> None:
    curve = CoarseCurve()
    curve.add(4, (4.0, 3.0, 2.0, 1.0))
    curve.add(3, (9.0,))
    assert curve.points == [4.0, 3.0, 9.0]


def test_a_lease_has_one_holder_or_several_who_share(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    alone = present(take(path))
    assert take(path) is None
    assert take(path, shared=True) is None
    alone.release()
    first, second = take(path, shared=True), take(path, shared=True)
    assert first is not None
    assert second is not None
    assert take(path) is None
    first.release()
    assert is_held(path, shared=True)
    assert not is_held(path)
    second.release()
    present(take(path)).release()
