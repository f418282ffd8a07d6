"""What this machine has to train with: the device and the data, and fetching MNIST where it is missing.

Owns the words. Finding devices and data belongs to `lab`; torch is asked only once it is loaded.
"""

from __future__ import annotations

import json
import operator
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import streamlit as st

from lab.data import DATASETS, available
from lab.machine.device import choose_device, cpu_title, device_title
from lab.paths import lab_home
from lab.runner import warm
from pages.ui.kit.refreshing import refreshing

ROOT = Path(__file__).parents[3]
PROGRESS = re.compile(r"Fetching MNIST: (\d+)%")


def this_machine() -> None:
    """Device and data, a line each."""
    st.subheader("This machine", anchor=False)
    ready = partial(warm.ready, "torch")
    refreshing(ready, _device_line, operator.not_, moving=not ready(), every_s=1.0)
    try:
        _data_line(lab_home())
    except OSError as error:
        st.error(str(error), icon=":material/error:")


def _device_line(ready: bool) -> None:
    if not ready:
        st.markdown(f":material/memory: {cpu_title()}")
        st.caption("PyTorch is being loaded in the background.")
        return
    device = choose_device("auto")
    st.markdown(f":material/memory: {device_title(device)}")
    runs_on = "the GPU" if device.type == "cuda" else "the processor; no GPU was found"
    st.caption(f"Training runs on {runs_on}.")


def _data_line(home: Path) -> None:
    usable, notice = available("mnist", home)
    entry = DATASETS[usable]
    train, test = entry.sizes
    if not notice:
        st.markdown(f":material/database: {entry.title}, {train:,} + {test:,} images")
        st.caption(f"In {home}; training and test set.")
        return
    st.markdown(
        f":material/database: No MNIST found: {str(entry.title).lower()}, {train:,} + {test:,} images"
    )
    st.caption(notice)
    if st.button("Download MNIST", icon=":material/download:", key="home/fetch"):
        problem = _fetched()
        if problem:
            st.error(problem, icon=":material/error:")
        else:
            st.rerun()


def _fetched() -> str:
    """Fetches MNIST in a process of its own, which may load torchvision; "" or what went wrong."""
    bar = st.progress(0.0, "Fetching MNIST")
    command = [sys.executable, "-m", "lab", "data", "--fetch", "--json"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stderr or ():
            if share := PROGRESS.match(line):
                bar.progress(min(1.0, int(share[1]) / 100), "Fetching MNIST")
        answer = process.stdout.read() if process.stdout else ""
    bar.empty()
    try:
        return str(json.loads(answer)["problem"])
    except (ValueError, KeyError):
        return f"Fetching MNIST ended with exit code {process.returncode}."
