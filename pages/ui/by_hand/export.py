"""The tab that takes the worked example home: Markdown, CSV, JSON, a PyTorch script, a link, the command.

Owns its layout. The forms belong to `lab.by_hand`.
"""

from __future__ import annotations

import json
import shlex

import streamlit as st

from lab.by_hand.example_file import as_json
from lab.by_hand.exports import trace_csv, trace_markdown
from lab.by_hand.lesson import Lesson, lesson
from lab.by_hand.script import torch_script
from lab.texts import text
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
        for title, content, file, kind in (
            ("Markdown", markdown, f"{name}.md", "text/markdown"),
            ("CSV", trace_csv(whole), f"{name}.csv", "text/csv"),
            (text("by_hand_page.export.script"), script, f"{name}.py", "text/x-python"),
            (text("by_hand_page.export.json"), spec, f"{name}.json", "application/json"),
        ):
            st.download_button(
                title,
                content,
                file,
                kind,
                icon=":material/download:",
                on_click="ignore",
                key=f"by_hand/{file}",
            )
    st.caption(text("by_hand_page.export.link"))
    st.markdown(text("by_hand_page.export.worksheets"))
    command = ("python", "-m", "lab", "by-hand", "--spec", f"{name}.json", "--markdown")
    st.code(shlex.join(command), language="bash")
    if shown.point.taken:
        st.caption(text("by_hand_page.export.taken"))
    with st.expander(text("by_hand_page.export.the_script"), icon=":material/code:"):
        st.code(script, language="python")
    with st.expander(text("by_hand_page.export.the_markdown"), icon=":material/article:"):
        st.code(markdown, language="markdown")
