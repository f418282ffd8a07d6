"""What every engine promises to the runner, shown on real runs over the bundled digits.

Owns the promises of the five verbs. An engine is held to them by a class `Test...(EngineContract)` in its own test
file, which says how one is made and how a worker of it is killed from outside. Knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from lab.engines import Engine
from lab.events import (
    Event,
    Failed,
    LearningRateChanged,
    Loss,
    Pause,
    Paused,
    Resume,
    Resumed,
    SetLearningRate,
    Started,
    StepOnce,
    StepsDone,
    Stop,
    Stopped,
    is_end,
)
from lab.files import write_beside
from lab.network import weights
from lab.paths import checkpoint_file, epoch_weights, latest_weights
from lab.runs.run import new_run_id
from lab.runs.wording import failure_sentence
from lab.spec import parse_spec
from tests.support.narrowing import as_a
from tests.support.waiting import LONG, SHORT, patience, small

Said = tuple[str, Event | Loss]
SLOTS = 2
MIDDLE = small(epochs=4).model_dump_json()


def collect(engine: Engine, enough: Callable[[list[Said]], bool]) -> list[Said]:
    """All that is said from now until `enough(said)`."""
    said: list[Said] = []
    for _ in patience():
        said += engine.poll(0.02)
        if enough(said):
            return said
    raise AssertionError(said[-3:])


def kinds(said: list[Said]) -> list[str]:
    """What was said, each by its kind; `lost` for a worker that is gone."""
    return [getattr(event, "kind", "lost") for _, event in said]


def is_over(said: list[Said]) -> bool:
    return any(is_end(event) or isinstance(event, Loss) for _, event in said)


def until_said(engine: Engine, kind: str, times: int = 1) -> list[Said]:
    """All that is said until an event of this kind has come so often."""
    return collect(engine, lambda said: kinds(said).count(kind) >= times)


def final_weights(home: Path, run_id: str) -> dict[str, torch.Tensor]:
    """The weights a run left behind."""
    return weights.load(latest_weights(home, run_id))[0]


class EngineContract:
    """The promises; each is kept by a new engine with two slots."""

    def make_engine(self, home: Path, slots: int) -> Engine:
        """An engine over a data folder."""
        raise NotImplementedError

    def kill_worker(self, engine: Engine, run_id: str) -> None:
        """Ends a run's worker from outside, as `kill -9` or a cable pulled out does."""
        raise NotImplementedError

    @pytest.fixture
    def engine(self, home: Path) -> Iterator[Engine]:
        engine = self.make_engine(home, SLOTS)
        yield engine
        engine.close()

    @pytest.fixture
    def undisturbed(self, engine: Engine, home: Path) -> dict[str, torch.Tensor]:
        """The final weights of a run of `MIDDLE` that nobody disturbed."""
        run_id = new_run_id()
        engine.start(run_id, MIDDLE, from_checkpoint=False)
        assert kinds(collect(engine, is_over))[-1] == "finished"
        return final_weights(home, run_id)

    def ends_like(self, engine: Engine, home: Path, run_id: str, twin: dict[str, torch.Tensor]) -> None:
        """Waits for the run to finish, with the weights of its twin to the last bit."""
        assert kinds(collect(engine, is_over))[-1] == "finished"
        mine = final_weights(home, run_id)
        assert mine.keys() == twin.keys()
        assert all(torch.equal(mine[name], twin[name]) for name in twin)

    def test_it_has_the_slots_it_was_given(self, engine: Engine) -> None:
        assert engine.capacity() == SLOTS

    def test_an_engine_without_runs_has_nothing_to_say(self, engine: Engine) -> None:
        assert list(engine.poll(0.0)) == []

    def test_a_run_is_told_from_its_start_to_its_end(self, engine: Engine) -> None:
        run_id = new_run_id()
        engine.start(run_id, SHORT, from_checkpoint=True)
        said = collect(engine, is_over)
        assert {name for name, _ in said} == {run_id}
        assert kinds(said)[0] == "started"
        assert kinds(said)[-1] == "finished"
        assert kinds(said).count("epoch_done") == 2
        steps = [event.step for _, event in said if not isinstance(event, Loss)]
        assert steps == sorted(steps)
        losses = [loss for _, event in said if isinstance(event, StepsDone) for loss in event.losses]
        assert len(losses) == steps[-1]
        assert list(engine.poll(0.0)) == []

    def test_the_weights_of_a_run_lie_in_its_folder(self, engine: Engine, home: Path) -> None:
        run_id = new_run_id()
        engine.start(run_id, SHORT, from_checkpoint=True)
        collect(engine, is_over)
        latest, metadata = weights.load(latest_weights(home, run_id))
        last, _ = weights.load(epoch_weights(home, run_id, 2))
        assert parse_spec(metadata["spec"]) == parse_spec(SHORT)
        assert metadata["epoch"] == "2"
        assert all(torch.equal(latest[name], last[name]) for name in last)

    def test_two_runs_at_once_are_told_each_in_order(self, engine: Engine) -> None:
        run_ids = {new_run_id() for _ in range(SLOTS)}
        for run_id in run_ids:
            engine.start(run_id, SHORT, from_checkpoint=False)
        said = collect(engine, lambda said: kinds(said).count("finished") == SLOTS)
        for run_id in run_ids:
            of_it = kinds([each for each in said if each[0] == run_id])
            assert (of_it[0], of_it[-1]) == ("started", "finished")

    def test_a_run_obeys_while_it_runs(self, engine: Engine) -> None:
        run_id = new_run_id()
        engine.start(run_id, LONG, from_checkpoint=False)
        engine.tell(run_id, Pause())
        step = as_a(Paused, until_said(engine, "paused")[-1][1]).step
        engine.tell(run_id, StepOnce(steps=7))
        assert as_a(Paused, until_said(engine, "paused")[-1][1]).step == step + 7
        engine.tell(run_id, SetLearningRate(learning_rate=0.25))
        said = until_said(engine, "learning_rate_changed")
        assert said[-1][1] == LearningRateChanged(step=step + 7, learning_rate=0.25)
        engine.tell(run_id, Resume())
        went_on = as_a(StepsDone, until_said(engine, "steps_done")[-1][1])
        assert went_on.learning_rate == pytest.approx(0.25, rel=1e-3)
        engine.tell(run_id, Stop())
        assert kinds(collect(engine, is_over))[-1] == "stopped"

    def test_a_run_that_was_paused_and_stepped_ends_with_the_weights_of_one_that_was_not(
        self, engine: Engine, home: Path, undisturbed: dict[str, torch.Tensor]
    ) -> None:
        run_id = new_run_id()
        engine.start(run_id, MIDDLE, from_checkpoint=False)
        engine.tell(run_id, Pause())
        until_said(engine, "paused")
        engine.tell(run_id, StepOnce(steps=7))
        until_said(engine, "paused")
        engine.tell(run_id, Resume())
        self.ends_like(engine, home, run_id, undisturbed)

    def test_a_run_that_was_stopped_goes_on_from_where_it_was_to_the_same_weights(
        self, engine: Engine, home: Path, undisturbed: dict[str, torch.Tensor]
    ) -> None:
        run_id = new_run_id()
        engine.start(run_id, MIDDLE, from_checkpoint=False)
        engine.tell(run_id, Pause())
        step = as_a(Paused, until_said(engine, "paused")[-1][1]).step + 25
        engine.tell(run_id, StepOnce(steps=25))
        until_said(engine, "paused")
        engine.tell(run_id, Stop())
        assert as_a(Stopped, collect(engine, is_over)[-1][1]).step == step
        engine.start(run_id, MIDDLE, from_checkpoint=True)
        resumed = [event for _, event in until_said(engine, "resumed") if isinstance(event, Resumed)]
        assert [event.step for event in resumed] == [step]
        self.ends_like(engine, home, run_id, undisturbed)

    def test_a_killed_worker_is_reported_lost_and_the_run_goes_on_from_its_checkpoint(
        self, engine: Engine, home: Path
    ) -> None:
        run_id = new_run_id()
        engine.start(run_id, LONG, from_checkpoint=True)
        until_said(engine, "checkpoint", times=2)
        self.kill_worker(engine, run_id)
        said = collect(engine, is_over)
        assert as_a(Loss, said[-1][1]).cause
        step = int(weights.load(checkpoint_file(home, run_id))[1]["step"])
        engine.start(run_id, LONG, from_checkpoint=True)
        begun = collect(engine, lambda said: len(said) >= 2)
        assert as_a(Started, begun[0][1]).step == step > 0
        assert isinstance(begun[1][1], Resumed)

    def test_a_damaged_checkpoint_is_no_obstacle(self, engine: Engine, home: Path) -> None:
        run_id = new_run_id()
        write_beside(checkpoint_file(home, run_id), b"rubbish" * 100)
        engine.start(run_id, SHORT, from_checkpoint=True)
        assert kinds(collect(engine, is_over))[-1] == "finished"

    def test_a_run_that_is_killed_is_heard_of_no_more_and_others_go_on(self, engine: Engine) -> None:
        one, other = new_run_id(), new_run_id()
        engine.start(one, LONG, from_checkpoint=False)
        engine.start(
            other, LONG, from_checkpoint=False
        )  # a short one could be over before the first is heard of
        collect(engine, lambda said: {name for name, _ in said} == {one, other})
        engine.kill(one)
        engine.tell(other, Stop())
        said = collect(engine, is_over)
        assert {name for name, _ in said} == {other}
        engine.tell(one, Stop())
        engine.kill(one)

    def test_what_is_said_to_a_run_that_is_not_there_is_no_error(self, engine: Engine) -> None:
        engine.tell(new_run_id(), Pause())
        engine.kill(new_run_id())

    @pytest.mark.parametrize("spec", [SHORT.replace('"units":10', '"units":9'), "{}", "no JSON"])
    def test_a_configuration_that_cannot_run_fails_in_words(self, engine: Engine, spec: str) -> None:
        engine.start(new_run_id(), spec, from_checkpoint=False)
        said = collect(engine, is_over)
        assert failure_sentence(as_a(Failed, said[-1][1]).cause, 0)

    def test_a_folder_that_cannot_be_written_ends_the_run_in_words(self, engine: Engine, home: Path) -> None:
        run_id = new_run_id()
        latest_weights(home, run_id).parent.parent.mkdir(parents=True)
        latest_weights(home, run_id).parent.write_text("a file where the folder should be")
        engine.start(run_id, SHORT, from_checkpoint=False)
        said = collect(engine, is_over)
        assert failure_sentence(as_a(Failed, said[-1][1]).cause, 0)

    def test_an_engine_that_is_closed_leaves_no_run_behind(self, engine: Engine) -> None:
        engine.start(new_run_id(), LONG, from_checkpoint=False)
        until_said(engine, "started")
        engine.close()
        assert list(engine.poll(0.0)) == []
