"""Every cause has a sentence, made of its values."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import pytest

from lab.events import (
    Cause,
    DataStandIn,
    DevicePassedOver,
    DiskFull,
    Diverged,
    FileProblem,
    Finished,
    GivenUp,
    Loss,
    NoProcess,
    OtherCause,
    OtherData,
    OutOfMemory,
    PlainSteps,
    Refused,
    Resumed,
    Started,
    Unexpected,
    WeightsCopied,
)
from lab.runs.wording import advice, ending, failure, failure_sentence, loss_in_words, notice, resumed
from lab.texts import speaking

DIVERGED = Diverged(
    loss="infinite", before=2.5, learning_rate=0.05, base_rate=0.1, try_rate=0.01, try_clipping=True
)
SAID: list[tuple[Cause, str]] = [
    (
        DIVERGED,
        "The loss became infinite at step 7; before that it was 2.5. The learning rate was 0.05"
        " (0.1 before the schedule's factor). Try a learning rate of 0.01, gradient clipping at 1,"
        " or another initialisation.",
    ),
    (
        OutOfMemory(batch_size=100, try_batch_size=25),
        "Not enough memory for batches of 100. Try a batch size of 25, or a smaller network.",
    ),
    (
        OutOfMemory(batch_size=1, try_batch_size=None, gpu_free_gb=0.3, gpu_gb=8.0),
        "Not enough memory on the GPU for batches of 1: 300 MB of its 8 GB were free. Try a smaller network.",
    ),
    (
        DiskFull(folder="/lab", unwritten="weights"),
        "The disk that holds /lab is full: the weights could not be written."
        " Free some space or delete runs, then start again.",
    ),
    (
        DiskFull(folder="/lab", unwritten="events"),
        "The disk that holds /lab is full. Free some space, or delete runs.",
    ),
    (
        NoProcess(detail="too many"),
        "No process could be started for this run: too many. End other programs, then try again.",
    ),
    (
        OtherData(dataset="mnist"),
        "The data have changed since the run was interrupted; it now finds “MNIST”."
        " Start it again from the beginning.",
    ),
    (Refused(what="spec", text="train.epochs: too many"), "train.epochs: too many."),
    (Unexpected(error="ValueError", text="no"), "ValueError: no."),
    (OtherCause(text="It rained.", advice="Wait."), "It rained. Wait."),
    (
        GivenUp(attempts=4, loss=Loss(cause="ended", signal="SIGKILL")),
        "Given up after 4 attempts without progress: its process was ended by SIGKILL. Start it again; if it ends in"
        " the same way, look for a program or a time limit that ends processes on this machine.",
    ),
]


@pytest.mark.parametrize(("cause", "sentence"), SAID)
def test_a_failure_is_said_with_what_to_try(cause: Cause, sentence: str) -> None:
    assert failure_sentence(cause, 7) == sentence
    assert failure(cause, 7)
    assert advice(cause) == advice(cause).strip()


@pytest.mark.parametrize("cause", [cause for cause, _ in SAID])
def test_in_chinese_no_sentence_is_left_in_english(cause: Cause) -> None:
    with speaking("zh"):
        sentence = failure_sentence(cause, 7)
    if cause.kind in ("no_process", "refused", "unexpected", "other"):
        return  # they tell the words of others
    assert not re.search(r"[a-z]{2,} [a-z]{2,}|[.,:;] |。 ", sentence)


def test_no_cause_is_left_out_here() -> None:
    assert {type(cause) for cause, _ in SAID} == set(get_args(Cause))


@pytest.mark.parametrize("cause", get_args(get_type_hints(Loss)["cause"]))
def test_every_loss_of_a_process_is_said(cause: str) -> None:
    loss = Loss(cause=cause, signal="SIGKILL", exit_code=1, text="a comet")  # type: ignore[arg-type]
    assert loss_in_words(loss)
    assert loss_in_words(loss) in resumed(Resumed(step=1200, after="loss", loss=loss))


def test_a_run_that_waited_or_was_taken_up_says_so() -> None:
    assert resumed(Resumed(step=3)) == "Resumed."
    assert resumed(Resumed(step=3, after="checkpoint")) == "Resumed from its last checkpoint."


def finished(patience: int = 0, best_epoch: int = 0) -> Finished:
    return Finished(
        step=1,
        test_accuracy=0.9,
        test_low=0.8,
        test_high=1.0,
        test_loss=0.3,
        confusion=(),
        elapsed_s=1.0,
        epoch_s=(1.0,),
        samples_per_s=1.0,
        ended_by="patience" if patience else "epochs",
        patience=patience,
        best_epoch=best_epoch,
    )


def test_early_stopping_names_the_epoch_that_is_kept() -> None:
    assert ending(finished()) == ""
    assert ending(finished(patience=1, best_epoch=4)) == (
        "Early stopping: no better validation loss for 1 epoch; the weights of epoch 4 are kept."
    )


def test_a_run_that_begins_says_all_its_notes_in_a_row() -> None:
    damaged = FileProblem(file="t10k", code="wrong_content")
    gone = FileProblem(file="train", code="missing")
    stand_in = DataStandIn(
        wanted="mnist", used="digits", samples=1797, folder="/lab", problems=(gone, damaged)
    )
    started = Started(
        device="cpu",
        dataset="digits",
        train_samples=1,
        validation_samples=0,
        test_samples=1,
        parameters=1,
        steps_per_epoch=1,
        epochs=1,
        batch_size=1,
        notes=(
            stand_in,
            DevicePassedOver(trouble="wrong_numbers"),
            WeightsCopied(copied=5, tensors=8),
            PlainSteps(fault="it failed"),
        ),
    )
    said = notice(started)
    assert said.startswith(
        "MNIST is not usable (t10k is corrupt: its sha256 is not MNIST's): training uses “Bundled digits”"
    )
    assert "Trained on the CPU: the GPU computes wrong numbers." in said
    assert "Initialised from another run: 5 of 8 tensors copied, 3 new." in said
    assert "The fast way of training is not used for this run: it failed." in said
