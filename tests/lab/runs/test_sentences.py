"""The runs of an older lab mean what they meant: its sentences have become causes and values."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import database
from lab.database import StoreError
from lab.events import (
    Cause,
    DataStandIn,
    DevicePassedOver,
    Diverged,
    FileProblem,
    GivenUp,
    Loss,
    OtherCause,
    OtherNote,
    OutOfMemory,
    PlainSteps,
    Refused,
    Resumed,
    Unexpected,
    WeightsCopied,
    cause_from_json,
    cause_to_json,
    from_json,
    to_json,
)
from lab.runs import database as runs_database
from lab.runs.database import store_path
from lab.runs.history import History
from lab.runs.sentences import cause_from_sentences, loss_from_sentence, notes_from_sentences
from lab.runs.store import Store
from lab.runs.wording import advice, ending, failure, loss_in_words, notice, resumed

# Made by `make_lab.py` with the code of version 1.
OLD = gzip.decompress((Path(__file__).parent / "version-1.sqlite.gz").read_bytes())
# What is worded otherwise today.
NEW_WORDS = (
    (
        r"^goes on from another run: (.+) tensors taken over",
        r"initialised from another run: \1 tensors copied",
    ),
    (
        r"training uses the (\S+) bundled digits of scikit-learn",
        r"training uses bundled digits instead \1 images",
    ),
    (r"\(it was (\S+) before\), with a learning rate of", r"before that it was \1. the learning rate was"),
)


def told(sentence: str) -> list[str | float]:
    """A sentence of old as its words and numbers today."""
    sentence = sentence.lower()
    for old, new in NEW_WORDS:
        sentence = re.sub(old, new, sentence)
    words = [word.strip(".,:;()“”") for word in sentence.split()]
    return [float(word.replace(",", "")) if re.match(r"\d", word) else word for word in words]


@pytest.fixture
def old(home: Path) -> Path:
    """The database of an older lab in this lab's folder."""
    store_path(home).write_bytes(OLD)
    return store_path(home)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_each_event_of_an_older_lab_says_today_what_it_said_then(old: Path, home: Path) -> None:
    before = rows(old, "SELECT run_id, seq, body FROM events")
    store = Store(home)
    today = {(run.id, seq): event for run in store.runs(limit=100) for seq, event in store.events(run.id)}
    assert len(today) == len(before) > 500
    for run_id, seq, text in before:
        was, event = json.loads(str(text)), today[(str(run_id), int(str(seq)))]
        assert (event.kind, event.step) == (was["kind"], was["step"])
        if event.kind == "started":
            assert told(notice(event)) == told(was["notice"])
        elif event.kind == "resumed":
            assert told(resumed(event)) == told(was["reason"] or "resumed")
        elif event.kind == "finished":
            assert told(ending(event)) == told(was["reason"])
        elif event.kind == "failed":
            said = f"{failure(event.cause, event.step)} {advice(event.cause)}"
            assert told(said) == told(f"{was['reason']} {was['advice']}")
        else:  # what did not change is untouched, to the letter
            assert rows(old, f"SELECT body FROM events WHERE run_id = '{run_id}' AND seq = {seq}") == [
                (text,)
            ]
    store.close()


def test_no_sentence_of_the_older_lab_was_left_unread(old: Path, home: Path) -> None:
    store = Store(home)
    for run in store.runs(limit=100):
        for _, event in store.events(run.id):
            assert '"other"' not in to_json(event)
    causes = {run.title: run.cause.kind for run in store.runs(limit=100) if run.cause}
    assert causes == {
        "diverged": "diverged",
        "diverged on schedule": "diverged",
        "refused": "refused",
        "given up": "given_up",
        "no room for its events": "disk_full",
    }
    assert {run.state for run in store.runs(limit=100)} == {"finished", "failed", "stopped", "interrupted"}
    store.close()


def test_the_curves_and_crashes_of_an_older_run_are_those_it_had(old: Path, home: Path) -> None:
    store = Store(home)
    (run,) = [run for run in store.runs(limit=100) if run.title.startswith("killed")]
    history = History()
    history.extend(event for _, event in store.events(run.id))
    assert history.finished is not None
    assert len(history.epochs) == 40
    assert history.taken_up
    assert len(run.curve) > 10
    store.close()


def test_before_it_is_brought_up_to_date_the_file_is_kept_beside_it_and_that_is_logged(
    old: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Store(home).close()
    backup = home / "lab.version-1.sqlite"
    assert rows(backup, "PRAGMA user_version") == [(1,)]
    assert rows(backup, "SELECT count(*) FROM events") == rows(old, "SELECT count(*) FROM events")
    assert rows(old, "PRAGMA user_version") == [(2,)]
    assert str(backup) in caplog.text
    Store(home).close()  # done once
    assert caplog.text.count("was brought") == 1


def is_as_it_was(path: Path) -> bool:
    return rows(path, "PRAGMA user_version") == [(1,)] and bool(
        rows(path, 'SELECT 1 FROM events WHERE body LIKE \'%"reason":"early stopping%\'')
    )


def test_without_a_backup_the_old_file_stays_and_the_lab_says_why(old: Path, home: Path) -> None:
    (home / "lab.version-1.sqlite").mkdir()
    with pytest.raises(
        StoreError, match=r"version 1 and could not be brought to version 2 .* it is as it was"
    ):
        Store(home)
    assert is_as_it_was(old)
    assert not list(home.glob("*.part"))


def test_an_upgrade_that_fails_half_way_leaves_the_old_file(
    old: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE events SET body = 'rubbish'")
        raise ValueError("out of words")

    monkeypatch.setitem(runs_database.SCHEMA.upgrades, 1, half)
    with pytest.raises(StoreError, match=r"\(out of words\); it is as it was"):
        Store(home)
    assert is_as_it_was(old)


def test_an_event_that_cannot_be_read_leaves_the_old_file(old: Path, home: Path) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("UPDATE events SET body = '{\"kind\":\"failed\"}' WHERE kind = 'failed'")
    with pytest.raises(StoreError, match="it is as it was"):
        Store(home)
    assert is_as_it_was(old)


def test_of_many_processes_that_open_an_old_file_at_once_one_brings_it_up_to_date(
    old: Path, home: Path
) -> None:
    script = (
        "import sys, logging; from pathlib import Path; logging.basicConfig(level=logging.INFO)\n"
        "from lab.runs.store import Store; print(len(Store(Path(sys.argv[1])).runs()))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120) for process in processes]
    assert [out.strip() for out, _ in said] == ["13"] * 3
    assert sum("was brought from version 1" in err for _, err in said) == 1


def test_a_full_disk_shows_no_old_file_as_if_it_were_new(
    old: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, backup: Path) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(database, "_back_up", full)
    with pytest.raises(StoreError, match="is full: free some space"):
        Store(home)
    assert is_as_it_was(old)


def test_what_a_runner_of_the_older_lab_writes_into_the_new_file_is_understood(old: Path, home: Path) -> None:
    """It goes on when the lab is updated while a run is trained."""
    with closing(sqlite3.connect(old)) as connection:
        sentences = connection.execute(
            "SELECT run_id, seq, body FROM events WHERE kind IN ('started', 'resumed', 'finished', 'failed')"
        ).fetchall()
        reasons = connection.execute("SELECT reason, id FROM runs").fetchall()
    store = Store(home)
    events = {run.id: store.events(run.id) for run in store.runs(limit=100)}
    kinds = {run.id: run.cause and run.cause.kind for run in store.runs(limit=100)}
    with closing(sqlite3.connect(old)) as connection, connection:
        for run_id, seq, body in sentences:
            connection.execute("UPDATE events SET body = ? WHERE run_id = ? AND seq = ?", (body, run_id, seq))
        connection.executemany("UPDATE runs SET reason = ? WHERE id = ?", reasons)
    assert {run.id: store.events(run.id) for run in store.runs(limit=100)} == events
    # A reason without its advice may keep its words.
    assert {run.id: run.cause is None for run in store.runs(limit=100)} == {
        run_id: kind is None for run_id, kind in kinds.items()
    }
    store.close()


WITH_LESS = "Try a batch size of 25, or a smaller network."
CAUSES: list[tuple[str, str, str, Cause]] = [
    (
        "out_of_memory",
        "The memory did not suffice for a batch size of 100.",
        WITH_LESS,
        OutOfMemory(batch_size=100, try_batch_size=25),
    ),
    (
        "out_of_memory",
        "The GPU's memory did not suffice for a batch size of 1. Of its 8.0 GB, 0.3 GB are free now.",
        "Try a smaller network.",
        OutOfMemory(batch_size=1, try_batch_size=None, gpu_free_gb=0.3, gpu_gb=8.0),
    ),
    (
        "out_of_memory",
        "given up after 4 attempts without progress: its process was ended by the system for want of memory (SIGKILL)",
        WITH_LESS,
        GivenUp(attempts=4, loss=Loss(cause="out_of_memory", signal="SIGKILL"), try_batch_size=25),
    ),
    (
        "diverged",
        "The loss became not a number at step 7, with a learning rate of 1e-05.",
        "Try a learning rate of 1e-06, or another initialisation.",
        Diverged(
            loss="nan", before=None, learning_rate=1e-5, base_rate=1e-5, try_rate=1e-6, try_clipping=False
        ),
    ),
    ("error", "ZeroDivisionError: by zero", "", Unexpected(error="ZeroDivisionError", text="by zero")),
    ("error", "RuntimeError: two\nlines", "", Unexpected(error="RuntimeError", text="two\nlines")),
    ("error", "train.epochs: 5 is too many", "", Refused(what="spec", text="train.epochs: 5 is too many")),
    ("data", "x is not there", "", Refused(what="data", text="x is not there")),
    ("lost", "It went away.", "Look for it.", OtherCause(text="It went away.", advice="Look for it.")),
    ("diverged", "The loss became large.", "", OtherCause(text="The loss became large.")),
]


@pytest.mark.parametrize(("word", "reason", "to_try", "cause"), CAUSES)
def test_each_failure_has_its_cause(word: str, reason: str, to_try: str, cause: Cause) -> None:
    assert cause_from_sentences(word, reason, to_try) == cause
    assert cause_from_json(cause_to_json(cause)) == cause


@given(st.text(), st.text(), st.text())
def test_a_failure_in_any_words_can_be_kept_and_read(word: str, reason: str, to_try: str) -> None:
    cause = cause_from_sentences(word, reason, to_try)
    assert cause_from_json(cause_to_json(cause)) == cause


STAND_IN = (
    "MNIST is {}: training uses the 1,797 bundled digits of scikit-learn. To get MNIST, connect to the network"
    " and run `python -m lab data --fetch`, or copy its four files there."
)
DAMAGED = (
    "train-images-idx3-ubyte is corrupt: its sha256 is not MNIST's; t10k-labels-idx1-ubyte is truncated or not"
    " MNIST: 8 bytes instead of 10,008"
)


def test_each_note_is_told_from_the_next() -> None:
    sentences = " ".join(
        [
            STAND_IN.format(f"not usable ({DAMAGED})"),
            "Trained on the CPU, for the GPU does not work here (CUDA error: no kernel (sm_99)).",
            "Goes on from another run: 5 of 8 tensors taken over; 3 start afresh.",
            "The fast way of training is not used for this run: it failed (boom). It trains the plain way instead,"
            " with the right numbers, but more slowly.",
        ]
    )
    problems = (
        FileProblem(file="train-images-idx3-ubyte", code="wrong_content"),
        FileProblem(file="t10k-labels-idx1-ubyte", code="wrong_size", size=8, expected=10_008),
    )
    assert notes_from_sentences(sentences) == (
        DataStandIn(wanted="mnist", used="digits", samples=1797, folder="", problems=problems),
        DevicePassedOver(trouble="not_working", detail="CUDA error: no kernel (sm_99)"),
        WeightsCopied(copied=5, tensors=8),
        PlainSteps(fault="it failed (boom)"),
    )
    assert notes_from_sentences("It rains.") == (OtherNote(text="It rains."),)


def test_a_loss_is_worded_as_it_was() -> None:
    for sentence in (
        "its process ended unexpectedly (exit code 1)",
        "its process ended unexpectedly (exit code None)",
        "its process crashed inside a library (SIGSEGV)",
        "its process was ended by signal 99",
        "the lab was stopped",
    ):
        loss = loss_from_sentence(sentence)
        assert loss is not None
        assert loss_in_words(loss) == sentence


def test_what_was_said_of_a_resumed_run_in_other_words_is_kept() -> None:
    text = "interrupted: a comet; resumed from step 3"
    event = from_json(to_json(Resumed(step=3, after="loss", loss=Loss(cause="other", text=text))))
    assert isinstance(event, Resumed)
    assert resumed(event) == text
    assert re.match("interrupted", resumed(event))
