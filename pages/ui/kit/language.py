"""The language of one visitor: of the address, of the server, of the browser.

Owns where it is kept in the session, and the switch. Knows no text.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lab.texts import LANGUAGES
from lab.texts.languages import FALLBACK, TAGS, accepted, ask, language, nearest, of_server
from pages.ui.kit.component import component, page_style

PARAMETER = "lang"
_KEY = "kit/language"
_CHOSEN = "kit/language_chosen"  # by the switch or a link: the address goes on saying it


def settle() -> None:
    """Decide which language this visitor reads: what the address says, else the server, else the browser."""
    ask(_of_session)
    asked = nearest([st.query_params.get(PARAMETER, "")])
    if asked:
        st.session_state[_KEY] = st.session_state[_CHOSEN] = asked
    elif _CHOSEN in st.session_state:  # a page switch cleared the address
        st.query_params[PARAMETER] = st.session_state[_CHOSEN]
    elif _KEY not in st.session_state:
        header = st.context.headers.get("Accept-Language", "")
        st.session_state[_KEY] = of_server() or nearest(accepted(header)) or FALLBACK


def _of_session() -> str | None:
    if get_script_run_ctx(suppress_warning=True) is None:  # a thread of the server's own
        return None
    chosen = st.session_state.get(_KEY)
    return chosen if chosen in LANGUAGES else None


def _switch(code: str) -> None:
    st.query_params[PARAMETER] = code
    st.session_state[_KEY] = st.session_state[_CHOSEN] = code


def language_switch() -> None:
    """The button that offers the other languages, each by its own name."""
    page_style("kit/language_switch")
    with st.container(key="kit/language-switch", width="content"):
        for code, name in LANGUAGES.items():
            if code != language():
                st.button(name, key=f"kit/language/{code}", on_click=_switch, args=[code], type="tertiary")
        component("kit/language")(data={"tag": TAGS[language()]}, key="kit/language-tag", height=0)
