"""The tab that takes the worked example home: Markdown, CSV, JSON, a PyTorch script, a link, the command.

Owns its layout. The forms belong to `lab.by_hand`.
"""

from __future__ import annotations

import json

import streamlit as st

from lab.by_hand.example_file import as_json
from lab.by_hand.exports import trace_csv, trace_markdown
from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.script import torch_script
from pages.ui.by_hand import state


def export(shown: Lesson) -> None:
    """Offers the example as it is now, in every form."""
    optimizer = state.now().optimizer
    example = shown.trace.example
    whole = shown if state.now().detail == "unit" else lesson(shown.point, optimizer)
    name = f"network-{'-'.join(map(str, example.sizes))}"
    markdown = trace_markdown(whole, optimizer)
    script = torch_script(state.now().example, optimizer, shown.point.taken)
    spec = json.dumps(as_json(example), indent=2)
    with st.container(horizontal=True):
        for title, text, file, kind in (
            ("Markdown", markdown, f"{name}.md", "text/markdown"),
            ("CSV", trace_csv(whole), f"{name}.csv", "text/csv"),
            ("PyTorch script", script, f"{name}.py", "text/x-python"),
            ("JSON for the command line", spec, f"{name}.json", "application/json"),
        ):
            st.download_button(
                title, text, file, kind, icon=":material/download:", on_click="ignore", key=f"by_hand/{file}"
            )
    st.caption(
        "The link in your browser's address bar is this exercise: everything that you changed is in it."
    )
    st.markdown("For worksheets, on the command line:")
    st.code(f"python -m lab by-hand --spec {name}.json --markdown", language="bash")
    if shown.point.taken:
        st.caption("The files hold the network after the training steps taken; the script takes them itself.")
    with st.expander("The PyTorch script", icon=":material/code:"):
        st.code(script, language="python")
    with st.expander("The Markdown", icon=":material/article:"):
        st.code(markdown, language="markdown")
