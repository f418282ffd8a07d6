"""Tables of numbers for reading: four digits, the full value on hover, marks that do not rely on colour.

Owns their HTML; their look is in `static/by_hand/page.css`. Everything put in is escaped; knows no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from lab.by_hand.digits import four, full
from lab.texts import Text


def number_cell(value: float | None) -> str:
    """A number with four digits; its full value on hover."""
    if value is None:
        return "<td>-</td>"
    return f'<td title="{escape(full(value))}">{escape(four(value))}</td>'


def text_cell(words: str, title: str | Text = "") -> str:
    """A cell of words."""
    hover = f' title="{escape(str(title))}"' if title else ""
    return f'<td class="note"{hover}>{escape(words)}</td>'


def table(heads: Sequence[str], rows: Sequence[tuple[Sequence[str], bool]], name: str) -> None:
    """A table of ready cells; a row marked True stands out. `name` is read aloud."""
    head = "".join(f"<th>{escape(words)}</th>" for words in heads)
    body = "".join(f'<tr class="{"off" if off else "on"}">{"".join(cells)}</tr>' for cells, off in rows)
    st.html(
        f'<div class="by-hand-scroll"><table class="by-hand-table" aria-label="{escape(name)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
