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
from lab.texts import formats
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
        st.info(
            f"Stopped by hand at step {history.step:,}; its weights are kept.", icon=":material/stop_circle:"
        )
    elif run.cause is not None and history.failed is None:
        st.error(failure_sentence(run.cause, run.step), icon=":material/error:")
    if history.taken_up:
        st.caption(interrupted(history.taken_up))
    for number, finding in enumerate(findings(run.spec, history)):
        _finding(finding, number)
    _onward(run)


def interrupted(taken_up: list[int]) -> str:
    """How often a run was interrupted, and from which step it went on."""
    count = len(taken_up)
    often, last = ("once", "") if count == 1 else (f"{count} times", "at last ")
    return f"Interrupted {often}; it went on {last}from its checkpoint at step {taken_up[-1]:,}."


def _accuracy(history: History) -> None:
    finished = history.finished
    assert finished is not None
    tests = history.started.test_samples if history.started else 0
    with st.container(horizontal=True, gap="medium", key="runs/result-figures"):
        st.metric(
            "Test accuracy",
            f"{finished.test_accuracy:.2%}",
            f"95 % interval {finished.test_low:.2%} to {finished.test_high:.2%}",
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        st.metric(
            "Training time",
            f"{sum(finished.epoch_s):.1f} s",
            f"{formats.number(len(finished.epoch_s))} {formats.noun(len(finished.epoch_s), ('epoch', 'epochs'))}, {finished.samples_per_s:,.0f} samples/s",
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        wrong = tests - round(finished.test_accuracy * tests)
        st.metric(
            "Mistakes",
            f"{wrong:,}",
            f"of {tests:,} test images",
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
        st.caption("Try next:", width="content")
        for index, step in enumerate(finding.steps):
            if st.button(step.title, key=f"runs/try-{number}-{index}", icon=":material/arrow_forward:"):
                _open_train(step.spec)


def _onward(run: Run) -> None:
    with st.container(horizontal=True, gap="small", key="runs/onward"):
        trained = latest_weights(lab_home(), run.id).is_file()
        if trained and st.button(
            "Draw a digit for it", icon=":material/draw:", type="primary", key="runs/onward-draw"
        ):
            st.switch_page("pages/draw.py", query_params={"model": run.id})
        if st.button("Change it and train again", icon=":material/tune:", key="runs/onward-change"):
            _open_train(run.spec)
        if trained and st.button(
            "Fine-tune it",
            icon=":material/add_circle:",
            key="runs/onward-fine-tune",
            help="Another run that goes on from these weights, at a tenth of the learning rate.",
        ):
            _open_train(fine_tuned(run))
        if st.button("Run it again", icon=":material/replay:", key="runs/onward-again"):
            st.switch_page("pages/runs.py", query_params={"run": start_run(run.spec, run.title)})
        if trained:
            st.download_button(
                "Weights",
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
        panel = Panel("confusion", "Confusion matrix", confusion_figure(data), 430)
        show_figures([panel], key="runs/confusion", columns=1)
    with words:
        st.caption("Each row holds the test images of one digit; what is off the diagonal is a mistake.")
        for label, answer, count in data.worst:
            times = "once" if count == 1 else f"{count} times"
            st.markdown(f"**{label}** was read as **{answer}** {times}.")
