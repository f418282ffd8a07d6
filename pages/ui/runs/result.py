"""What came of a run: its test accuracy, what was seen, which digits it confuses, and what to do next.

Owns the words and buttons at the end of a run.
"""

from __future__ import annotations

import streamlit as st

from lab.diagnosis import Finding, findings
from lab.figures.runs.confusion import confusion_data, confusion_figure
from lab.paths import lab_home, latest_weights
from lab.runs.fine_tuning import fine_tuned
from lab.runs.history import History
from lab.runs.run import Run
from lab.runs.wording import failure_sentence
from lab.spec import RunSpec
from lab.spec_link import link_of
from lab.texts import formats, text
from pages.ui.kit.figure import Panel, show_figures
from pages.ui.kit.store import start_run

_ICONS = {"good": "check_circle", "hint": "lightbulb", "bad": "error"}


def result(run: Run, history: History) -> None:
    """The end of a run that has ended."""
    if run.is_active:
        return
    if history.finished is not None:
        _accuracy(history)
    elif run.state == "stopped":
        st.info(text("runs.result.stopped", step=history.step), icon=":material/stop_circle:")
    elif run.cause is not None and history.failed is None:
        st.error(failure_sentence(run.cause, run.step), icon=":material/error:")
    if history.taken_up:
        st.caption(interrupted(history.taken_up))
    for number, finding in enumerate(findings(run.spec, history)):
        _finding(finding, number)
    _onward(run)


def interrupted(taken_up: list[int]) -> str:
    """How often a run was interrupted, and from which step it went on."""
    count, step = len(taken_up), taken_up[-1]
    if count == 1:
        return text("runs.result.interrupted_once", step=step)
    return text("runs.result.interrupted_often", n=count, step=step)


def _accuracy(history: History) -> None:
    finished = history.finished
    assert finished is not None
    tests = history.started.test_samples if history.started else 0
    with st.container(horizontal=True, gap="medium", key="runs/result-figures"):
        st.metric(
            text("runs.result.test_accuracy"),
            formats.fine_percent(finished.test_accuracy),
            text("runs.result.interval", low=finished.test_low, high=finished.test_high),
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        st.metric(
            text("runs.result.time"),
            formats.duration(sum(finished.epoch_s)),
            text("runs.result.pace", n=len(finished.epoch_s), rate=round(finished.samples_per_s)),
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        wrong = tests - round(finished.test_accuracy * tests)
        st.metric(
            text("runs.result.mistakes"),
            formats.number(wrong),
            text("runs.result.of_images", n=tests),
            delta_color="off",
            delta_arrow="off",
            width="content",
        )


def _finding(finding: Finding, number: int) -> None:
    say = {"good": st.success, "hint": st.info, "bad": st.error}[finding.tone]
    say(finding.sentence, icon=f":material/{_ICONS[finding.tone]}:")
    if not finding.steps:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"runs/steps-{number}"):
        st.caption(text("runs.result.try_next"), width="content")
        for index, step in enumerate(finding.steps):
            if st.button(step.title, key=f"runs/try-{number}-{index}", icon=":material/arrow_forward:"):
                _open_train(step.spec)


def _onward(run: Run) -> None:
    with st.container(horizontal=True, gap="small", key="runs/onward"):
        trained = latest_weights(lab_home(), run.id).is_file()
        if trained and st.button(
            text("runs.result.draw"), icon=":material/draw:", type="primary", key="runs/onward-draw"
        ):
            st.switch_page("pages/draw.py", query_params={"model": run.id})
        if st.button(text("runs.result.change"), icon=":material/tune:", key="runs/onward-change"):
            _open_train(run.spec)
        if trained and st.button(
            text("runs.result.fine_tune"),
            icon=":material/add_circle:",
            key="runs/onward-fine-tune",
            help=text("runs.result.fine_tune_help"),
        ):
            _open_train(fine_tuned(run))
        if st.button(text("runs.result.again"), icon=":material/replay:", key="runs/onward-again"):
            st.switch_page("pages/runs.py", query_params={"run": start_run(run.spec, run.title)})
        if trained:
            st.download_button(
                text("runs.result.weights"),
                latest_weights(lab_home(), run.id).read_bytes,
                f"{run.id}.safetensors",
                icon=":material/download:",
                key="runs/onward-weights",
            )


def _open_train(spec: RunSpec) -> None:
    st.switch_page("pages/train.py", query_params=link_of(spec))


def confusion(history: History) -> None:
    """Which digits a finished run takes for which."""
    if history.finished is None:
        return
    data = confusion_data(history.finished.confusion)
    matrix, words = st.columns([3, 2], gap="large", vertical_alignment="center")
    with matrix:
        panel = Panel("confusion", text("runs.result.confusion"), confusion_figure(data), 430)
        show_figures([panel], key="runs/confusion", columns=1)
    with words:
        st.caption(text("runs.result.confusion_says"))
        for label, answer, count in data.worst:
            st.markdown(_confused(label, answer, count))


def _confused(label: int, answer: int, count: int) -> str:
    if count == 1:
        return text("runs.result.taken_once", label=label, answer=answer)
    return text("runs.result.taken_often", label=label, answer=answer, n=count)
