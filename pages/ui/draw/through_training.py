"""My digit through training: the drawing on the pad, answered with the weights after each epoch of a run.

Owns the layout of this view and its timer while the run trains.
"""

from __future__ import annotations

import streamlit as st

from lab.figures.draw.my_digit import my_digit_data, my_digit_figure
from lab.ink.framing import frame
from lab.paths import lab_home
from lab.texts import text
from pages.ui.draw.live import no_digit
from pages.ui.draw.models import ModelChoice, has_ended, options
from pages.ui.draw.sheet import sheet
from pages.ui.kit.figure import Panel, show_figures

EVERY_S = 2.0


def training_view(chosen: tuple[ModelChoice, ...]) -> None:
    """Picks a run and draws one line per class over its epochs."""
    runs = {option.reference: option for option in (*chosen, *options()) if option.is_run}
    if not runs:
        st.info(
            text("draw.training.nothing"),
            icon=":material/info:",
        )
        st.page_link("pages/train.py", label=text("draw.training.train"), icon=":material/model_training:")
        return
    first = next((option.reference for option in chosen if option.reference in runs), next(iter(runs)))
    run = st.selectbox(
        text("draw.training.run"),
        list(runs),
        index=list(runs).index(first),
        format_func=lambda name: runs[name].title,
        key=f"draw/training-run-{first}",
    )
    every = EVERY_S if runs[run].live else None
    st.fragment(_lines, run_every=every, key="draw/training-lines")(runs[run])


def _lines(run: ModelChoice) -> None:
    from lab.models.answers import through_training
    from lab.models.loading import ModelError

    if run.live and has_ended(run):
        st.rerun()  # what says that it trains stands outside this view, too
    now = sheet()
    try:
        found = through_training(run.reference, frame(now.source, stages=False), lab_home())
    except ModelError as error:
        st.warning(text("draw.training.problem", run=run.title, problem=error), icon=":material/warning:")
        return
    if not found:
        st.info(
            text("draw.training.no_epoch", run=run.title),
            icon=":material/hourglass_empty:",
        )
        return
    data = my_digit_data((epoch, answer.probabilities) for epoch, answer in found)
    final, digit = data.epochs[-1], data.best[-1]
    settled = next(
        epoch for index, epoch in enumerate(data.epochs) if all(best == digit for best in data.best[index:])
    )
    last = found[-1][1]
    if not last.is_digit:
        st.warning(no_digit(last), icon=":material/help:")
    share = data.probabilities[digit][-1]
    st.markdown(text("draw.training.settled", epoch=final, digit=digit, share=share, since=settled))
    panel = Panel("my-digit", text("draw.training.figure"), my_digit_figure(data), height=380)
    show_figures([panel], key="draw/training-figure", columns=1)
    if run.live:
        st.caption(text("draw.training.live"))
