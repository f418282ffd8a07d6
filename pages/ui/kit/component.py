"""Browser components and styles: all JavaScript and CSS of a page comes from the files below `static/`.

Owns the one stub that Streamlit is given, and the addresses of the files: each carries a hash of them all, so that a
browser keeps a file for good and never mixes two releases. Knows no component by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import streamlit as st

from lab.figures.look import css_variables

STATIC = Path(__file__).parents[3] / "static"
_ROOT = '<div class="root">\n</div>'  # by its line break Streamlit tells it from a path
_SHARED = "kit/look.css"


@cache
def component(name: str, *, isolated: bool = True) -> Callable[..., Any]:
    """The component whose script is `static/<name>.js`, with `static/<name>.css` where there is one.

    The script exports `render(root, component)`, called with every change of the data, and may export
    `forget(root)`, called once the element has left the page. `isolated=False` puts it into the page itself, where
    the styles of other people's scripts reach it.
    """
    # Streamlit sends inline script again with every update: only the stub is, the rest the browser keeps.
    stub = _text("kit/stub.js").replace("__FILES__", json.dumps(_files(name, isolated)))
    drawn = st.components.v2.component(
        f"layerlab_{name.replace('/', '_')}", html=_ROOT, js=stub, isolate_styles=isolated
    )

    # In a list: Streamlit 1.67 looks through a dict for data frames, and imports pandas before the first page is out.
    def draw(*, data: object = None, **options: Any) -> Any:
        return drawn(data=None if data is None else [data], **options)

    return draw


def _files(name: str, isolated: bool) -> dict[str, str | list[str]]:
    own = f"{name}.css"
    sheets = [own] if (STATIC / own).exists() else []
    shared = [_SHARED] if sheets and isolated else []
    return {
        "version": version(),
        "script": f"{name}.js",
        "sheets": [*shared, *sheets],
        "colours": css_variables(),
    }


@cache
def version() -> str:
    """A hash of all browser code: another release has other addresses."""
    code = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in (".js", ".css"):
            code.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return code.hexdigest()[:12]


def page_style(name: str, **values: str) -> None:
    """Puts `static/<name>.css` into the page; `values` stand for what it names with a dollar sign."""
    style = Template(_text(f"{name}.css")).substitute(values)
    st.html(f"<style>{css_variables(':root')}\n{style}</style>")


@cache
def _text(path: str) -> str:
    return (STATIC / path).read_text(encoding="utf-8")
