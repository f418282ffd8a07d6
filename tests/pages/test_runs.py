"""The Runs page, as a person without a browser sees it: events go in as the runner writes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lab import events
from lab.paths import latest_weights
from lab.presets import preset
from lab.runs.journal import Journal
from lab.runs.run import RunState
from lab.runs.store import Store
from pages.ui.kit.controls import escaped
from pages.ui.runs.list import SHOWN
from tests.pages.test_languages import left_in_english, shown

ROOT = Path(__file__).resolve().parent.parent.parent
CONFUSION = tuple(tuple(90 if i == j else 1 if i == j + 1 else 0 for j in range(10)) for i in range(10))
STARTED = events.Started(
    device="cpu",
    dataset="digits",
    train_samples=1000,
    validation_samples=100,
    test_samples=100,
    parameters=242_762,
    steps_per_epoch=10,
    epochs=3,
    batch_size=100,
)
LAYERS = (
    events.LayerState(
        name="2 Linear", gradient_norm=0.3, update_ratio=0.002, mean_activation=0.1, dead_share=0.05
    ),
)
SNAPSHOT = events.Snapshot(
    step=10,
    layers=LAYERS,
    weight_height=2,
    weight_width=2,
    weights=((127, -127, 0, 64),),
    probabilities=((0.1,) * 10,) * 12,
    activations=((0.5, -0.5),) * 5,
)


def epoch(number: int, train: float, validation: float | None) -> events.EpochDone:
    return events.EpochDone(
        epoch=number,
        step=number * 10,
        train_loss=train,
        train_accuracy=0.9,
        validation_loss=validation,
        validation_accuracy=0.88,
        epoch_s=0.2,
        samples_per_s=5e4,
        learning_rate=0.001,
    )


FINISHED = events.Finished(
    step=30,
    test_accuracy=0.9,
    test_low=0.88,
    test_high=0.92,
    test_loss=0.3,
    confusion=CONFUSION,
    elapsed_s=1.0,
    epoch_s=(0.2,) * 3,
    samples_per_s=5e4,
)
COURSE: list[events.Event] = [
    STARTED,
    events.StepsDone(
        step=10,
        losses=tuple(2.3 - 0.1 * i for i in range(10)),
        learning_rate=0.001,
        samples_per_s=5e4,
        elapsed_s=0.2,
    ),
    SNAPSHOT,
    epoch(1, 1.0, 1.1),
    epoch(2, 0.6, 0.8),
    epoch(3, 0.3, 1.0),
]


def recorded(
    home: Path, what: list[events.Event], state: RunState, owner: str = "", name: str = "softmax"
) -> str:
    run_id = Store(home).submit(preset(name), owner)
    record = Journal(home)
    with record.transaction():
        for event in what:
            record.event(run_id, event)
        record.state(run_id, state)
    record.close()
    return run_id


def opened(**parameters: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.switch_page("pages/runs.py")
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.info, *app.error, *app.warning, *app.success]
    return "\n".join(str(part.value) for part in parts)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_an_empty_list_says_what_to_do() -> None:
    assert "No run yet" in text_of(opened())


def test_an_unknown_run_is_named_and_the_list_shown(home: Path) -> None:
    recorded(home, COURSE, "running")
    said = text_of(opened(run="../../etc/passwd"))
    assert "There is no run `../../etc/passwd`" in said
    assert "Tick two or more" in said


def test_a_queued_run_says_that_it_starts(home: Path) -> None:
    app = opened(run=recorded(home, [], "queued"))
    assert "Pause" in labels(app)


def test_the_learning_rate_can_be_changed_and_is_never_another_than_was_meant(home: Path) -> None:
    run_id = recorded(home, COURSE[:3], "running", name="better-mlp")  # its schedule starts far lower
    app = opened(run=run_id)
    field = app.text_input(key=f"runs/rate-{run_id}")
    assert field.label == "Base learning rate"
    assert float(field.value or 0) == preset("better-mlp").train.optimizer.lr
    field.set_value("0.02").run()
    record = Journal(home)
    assert [message for _, _, message in record.messages()] == [events.SetLearningRate(learning_rate=0.02)]
    assert app.text_input(key=f"runs/rate-{run_id}").value == "0.02"
    for wrong in ("200", "", "fast", "1e999", "5e-324"):
        app.text_input(key=f"runs/rate-{run_id}").set_value(wrong).run()
        assert app.text_input(key=f"runs/rate-{run_id}").label == "Base learning rate"
        assert any(f".st-key-runs-rate-{run_id} " in part.proto.body for part in app.get("html"))
        assert app.text_input(key=f"runs/rate-{run_id}").value == wrong
        assert "1e-12 to 100" in text_of(app)
        assert len(record.messages()) == 1
    with record.transaction():
        record.event(run_id, events.LearningRateChanged(step=10, learning_rate=0.02))
        record.event(
            run_id, events.LearningRateChanged(step=10, learning_rate=0.03)
        )  # from another browser of the same person
    record.close()
    assert opened(run=run_id).text_input(key=f"runs/rate-{run_id}").value == "0.03"


def test_a_title_is_shown_as_it_was_written(home: Path) -> None:
    title = "*b* $x$ [l](http://x.y)"
    run_id = Store(home).submit(preset("softmax"), "", title)
    for app in (opened(run=run_id), opened()):
        shown = [app.title[0].value, *(str(link.proto.label) for link in app.get("page_link"))]
        assert escaped(title) in shown
        assert title not in shown


def test_a_running_run_shows_its_controls(home: Path) -> None:
    app = opened(run=recorded(home, COURSE, "running"))
    assert {"Pause", "+1", "+10", "+100", "Stop"} <= set(labels(app))
    assert float(app.text_input[0].value or 0) == preset("softmax").train.optimizer.lr


def test_pausing_is_a_wish_the_store_keeps(home: Path) -> None:
    run_id = recorded(home, COURSE, "running")
    app = opened(run=run_id)
    app.button(key="runs/control-pause").click().run()
    run = Store(home).run(run_id)
    assert run is not None
    assert run.want == "pause"
    assert "Resume" in labels(app)


def test_somebody_else_may_watch_but_not_steer(home: Path) -> None:
    app = opened(run=recorded(home, COURSE, "running", owner="another-person-entirely-0123456789"))
    assert "You are watching" in text_of(app)
    assert "Stop" not in labels(app)


def test_a_finished_run_says_how_good_it_is_and_what_was_seen(home: Path) -> None:
    app = opened(run=recorded(home, [*COURSE, FINISHED], "finished"))
    assert app.metric[0].value == "90.00%"
    assert "88.00% to 92.00%" in app.metric[0].delta
    assert "Overfitting from epoch 3" in text_of(app)
    assert "Stop early, after 2 epochs without gain" in labels(app)
    assert "**1** was taken for **0** once" in text_of(app)


def test_a_finished_run_says_that_it_was_interrupted(home: Path) -> None:
    lost = events.Resumed(step=20, after="loss", loss=events.Loss(cause="ended", signal="SIGKILL"))
    paused = events.Resumed(step=20)  # by hand
    course = [*COURSE[:5], paused, lost, COURSE[5], FINISHED]
    assert "Interrupted once; it resumed from its checkpoint at step 20." in text_of(
        opened(run=recorded(home, course, "finished"))
    )
    course.insert(-1, events.Resumed(step=30, after="checkpoint"))
    assert "Interrupted 2 times; it last resumed from its checkpoint at step 30." in text_of(
        opened(run=recorded(home, course, "finished"))
    )
    without = opened(run=recorded(home, [*COURSE, paused, FINISHED], "finished"))
    assert "Interrupted" not in text_of(without)


def test_a_diverged_run_says_what_to_try(home: Path) -> None:
    cause = events.Diverged(
        loss="nan", before=2.5, learning_rate=0.002, base_rate=0.002, try_rate=0.0002, try_clipping=True
    )
    failed = events.Failed(step=12, cause=cause)
    app = opened(run=recorded(home, [*COURSE, failed], "failed"))
    assert "NaN (not a number) at step 12" in text_of(app)
    assert "Lower the learning rate to 0.0002" in labels(app)


FAILED = events.Failed(step=12, cause=events.GivenUp(attempts=4, loss=events.Loss(cause="crashed")))
NOTED = replace(STARTED, notes=(events.WeightsCopied(copied=5, tensors=8),))
LOST = events.Resumed(step=20, after="loss", loss=events.Loss(cause="lab_stopped"))


@pytest.mark.parametrize(
    ("course", "state", "owner"),
    [
        ([], "queued", ""),
        ([NOTED, *COURSE[1:]], "running", ""),
        (COURSE, "running", "another-person-entirely-0123456789"),
        (COURSE, "interrupted", ""),
        (COURSE, "stopped", ""),
        ([*COURSE, FAILED], "failed", ""),
        ([*COURSE[:5], LOST, COURSE[5], FINISHED], "finished", ""),
    ],
    ids=["queued", "running", "watched", "interrupted", "stopped", "failed", "finished"],
)
def test_a_run_in_chinese_has_no_english_sentence(
    home: Path, course: list[events.Event], state: RunState, owner: str
) -> None:
    run_id = recorded(home, course, state, owner)
    latest = latest_weights(home, run_id)
    latest.parent.mkdir(parents=True, exist_ok=True)
    latest.write_bytes(b"")
    for parts in ({"run": run_id}, {}, {"compare": f"{run_id},{recorded(home, COURSE, 'stopped')}"}):
        app = opened(lang="zh", **parts)
        assert left_in_english(app, "runs") == []
        assert left_in_english(app, "figures") == []


def test_two_readers_of_one_run_each_read_it_in_their_language(home: Path) -> None:
    run_id = recorded(home, COURSE, "stopped")
    names = []
    for code in ("en", "zh", "en"):
        app = opened(run=run_id, lang=code)
        names += [words for words in shown(app) if words in ("smoothed", "平滑后")]
    assert names == ["smoothed", "平滑后", "smoothed"]


def test_two_runs_are_compared_by_link(home: Path) -> None:
    one = recorded(home, [*COURSE, FINISHED], "finished")
    two = recorded(home, [*COURSE, FINISHED], "finished", name="lenet5")
    app = opened(compare=f"{one},{two},no-such-run,")
    table = app.dataframe[0].value
    assert len(table.columns) == 3
    assert "network.layers" in list(table["Setting"])


def test_ticking_leads_to_a_comparison_above_the_rows(home: Path) -> None:
    ids = [recorded(home, [*COURSE, FINISHED], "finished") for _ in range(3)]
    app = opened()
    app.checkbox(key=f"runs/compare-{ids[0]}").check().run()
    assert "Tick one more" in text_of(app)
    assert not app.dataframe
    app.checkbox(key=f"runs/compare-{ids[2]}").check().run()
    assert not app.dataframe  # nothing moves until it is asked for
    app.button(key="runs/compare-ticked").click().run()
    assert f"{ids[2]},{ids[0]}" in app.query_params["compare"]
    assert app.subheader[0].value == "2 runs compared"
    assert len(app.dataframe[0].value.columns) == 3
    assert app.button(key="runs/compare-ticked").disabled


def test_a_run_is_deleted_after_asking(home: Path) -> None:
    run_id = recorded(home, [*COURSE, FINISHED], "finished")
    app = opened()
    app.button(key=f"runs/really-{run_id}").click().run()
    assert Store(home).run(run_id) is None


def test_older_runs_are_counted_and_shown_when_asked_for(home: Path) -> None:
    store = Store(home)
    for _ in range(SHOWN + 3):
        store.submit(preset("softmax"), want="pause")
    app = opened()
    assert (len(app.checkbox), f"{SHOWN} of {SHOWN + 3} runs" in text_of(app)) == (SHOWN, True)
    app.button(key="runs/more-runs").click().run()
    assert len(app.checkbox) == SHOWN + 3
    assert "Show" not in " ".join(labels(app))
