"""What this machine has to train with: the device and the data, and fetching MNIST where it is missing.

Owns the words. Finding devices and data belongs to `lab`; torch is asked only once it is loaded.
"""

from __future__ import annotations

import json
import operator
import os
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import streamlit as st

from lab.data import DATASETS, available
from lab.machine.device import choose_device, cpu_title, device_title
from lab.paths import lab_home
from lab.runner import warm
from lab.runs.wording import data_stand_in
from lab.texts import language, text
from lab.texts.languages import VARIABLE
from pages.ui.kit.refreshing import refreshing

ROOT = Path(__file__).parents[3]


def this_machine() -> None:
    """Device and data, a line each."""
    st.subheader(text("home.machine.title"), anchor=False)
    ready = partial(warm.ready, "torch")
    refreshing(ready, _device_line, operator.not_, moving=not ready(), every_s=1.0)
    try:
        _data_line(lab_home())
    except OSError as error:
        st.error(str(error), icon=":material/error:")


def _device_line(ready: bool) -> None:
    if not ready:
        st.markdown(f":material/memory: {cpu_title()}")
        st.caption(text("home.machine.loading"))
        return
    device = choose_device("auto")
    st.markdown(f":material/memory: {device_title(device)}")
    st.caption(text("home.machine.gpu") if device.type == "cuda" else text("home.machine.cpu"))


def _data_line(home: Path) -> None:
    usable, stand_in = available("mnist", home)
    entry = DATASETS[usable]
    train, test = entry.sizes
    if stand_in is None:
        images = text("home.machine.data", title=entry.title, train=train, test=test)
        st.markdown(f":material/database: {images}")
        st.caption(text("home.machine.where", home=home))
        return
    images = text("home.machine.no_mnist", title=entry.title, train=train, test=test)
    st.markdown(f":material/database: {images}")
    st.caption(data_stand_in(stand_in))
    if st.button(text("home.machine.download"), icon=":material/download:", key="home/fetch"):
        problem = _fetched()
        if problem:
            st.error(problem, icon=":material/error:")
        else:
            st.rerun()


def _fetched() -> str:
    """Fetches MNIST in a process of its own, which may load torchvision; "" or what went wrong."""
    fetching = text("home.machine.fetching")
    bar = st.progress(0.0, fetching)
    command = [sys.executable, "-m", "lab", "data", "--fetch", "--json"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, VARIABLE: language()},  # it says why it failed
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stderr or ():
            with suppress(ValueError, KeyError, TypeError):  # a warning of a library's, say
                bar.progress(min(1.0, float(json.loads(line)["share"])), fetching)
        answer = process.stdout.read() if process.stdout else ""
    bar.empty()
    try:
        return str(json.loads(answer)["problem"])
    except (ValueError, KeyError):
        return text("home.machine.ended", status=process.returncode)
