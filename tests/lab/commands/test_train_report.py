"""What is printed of a run: JSON for programs, sentences for people, and nothing twice."""

from __future__ import annotations

import json

import pytest

from lab.commands.train_report import JsonLines, Report, Words, epoch_line
from lab.events import (
    EpochDone,
    Failed,
    Finished,
    GivenUp,
    LearningRateChanged,
    Loss,
    Paused,
    Resumed,
    Started,
    Stopped,
)
from lab.texts import speaking

STARTED = Started(
    device="cpu",
    dataset="digits",
    train_samples=1000,
    validation_samples=100,
    test_samples=100,
    parameters=7850,
    steps_per_epoch=10,
    epochs=3,
    batch_size=100,
)
FINISHED = Finished(
    step=30,
    test_accuracy=0.9,
    test_low=0.88,
    test_high=0.92,
    test_loss=0.3,
    confusion=((1, 0), (0, 1)),
    elapsed_s=1.0,
    epoch_s=(0.2, 0.3),
    samples_per_s=5e4,
)

LOSS = Loss(cause="ended", signal="SIGKILL")


def epoch(number: int, validation: float | None = None) -> EpochDone:
    return EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=0.5,
        train_accuracy=0.8,
        validation_loss=validation,
        validation_accuracy=validation and 0.7,
        epoch_s=0.25,
        samples_per_s=4000.0,
        learning_rate=0.1,
    )


def test_json_has_a_line_for_each_epoch_once_and_a_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    report = JsonLines()
    report.begin("amber-finch-k3v7qa")
    for event in (
        STARTED,
        epoch(1),
        epoch(2),
        Resumed(step=10, after="loss", loss=LOSS),
        epoch(2),
        epoch(3),
        FINISHED,
    ):
        report(event)
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [line.get("epoch") for line in lines] == [1, 2, 3, None]
    assert {(line["run"], line["dataset"]) for line in lines} == {("amber-finch-k3v7qa", "digits")}
    assert (lines[-1]["state"], lines[-1]["test_accuracy"]) == ("finished", 0.9)
    assert lines[-1]["epoch_s"] == [0.2, 0.3]
    assert "Run amber-finch-k3v7qa" in printed.err


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Stopped(step=7), "stopped"),
        (Failed(step=7, cause=GivenUp(attempts=4, loss=LOSS)), "failed"),
    ],
)
def test_json_of_a_run_that_did_not_finish_keeps_its_epochs(
    capsys: pytest.CaptureFixture[str], event: Stopped | Failed, state: str
) -> None:
    report = JsonLines()
    for each in (STARTED, epoch(1), event):
        report(each)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["state"], last["step"], last["epoch_s"]) == (state, 7, [0.25])


def test_sentences_go_to_people_and_results_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    report = Words()
    for event in (STARTED, epoch(1), epoch(1), FINISHED):
        report(event)
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert "test accuracy 90.00%" in printed.out
    assert "88.00% to 92.00%" in printed.out
    assert "1,000 samples of Bundled digits, 3 epochs on cpu" in printed.err


@pytest.mark.parametrize("made", [Words, JsonLines])
def test_what_happens_from_a_page_is_said_too(capsys: pytest.CaptureFixture[str], made: type[Report]) -> None:
    report = made()
    for event in (Paused(step=5), LearningRateChanged(step=5, learning_rate=0.25), Resumed(step=5)):
        report(event)
    said = capsys.readouterr().err
    assert "step 5" in said
    assert "0.25" in said


def test_an_epoch_is_one_line_with_its_validation_where_there_is_one() -> None:
    assert epoch_line(epoch(3)).split() == ["epoch", "3", "loss", "0.5000", "accuracy", "80.00%", "0.25", "s"]
    assert "validation loss 0.6000, accuracy 70.00%" in epoch_line(epoch(3, 0.6))


def test_a_run_is_followed_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    report = Words()
    with speaking("zh"):
        for event in (STARTED, epoch(1), FINISHED):
            report(event)
    printed = capsys.readouterr()
    assert "测试准确率 90.00%" in printed.out
    assert "3 轮，设备：cpu" in printed.err
