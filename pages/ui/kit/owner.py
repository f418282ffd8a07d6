"""Who this browser is: an unguessable id kept in a cookie, so that what a person makes here finds them again.

Owns the cookie. Knows nothing of what is kept under the id; it is no login and carries no name.
"""

from __future__ import annotations

import secrets

import streamlit as st

from lab.ink.collection import is_owner_id
from pages.ui.kit.component import component, page_style

COOKIE = "layerlab_owner"
_KEY = "kit/owner"


def owner() -> str:
    """The id of the person at this browser."""
    known = st.session_state.get(_KEY)
    if known is None:
        sent = st.context.cookies.get(COOKIE, "")
        known = sent if is_owner_id(sent) else secrets.token_urlsafe(24)
        st.session_state[_KEY] = known
    return str(known)


def remember_owner() -> None:
    """Writes the id into the browser where it is not there yet; once per page run, outside fragments."""
    sent = st.context.cookies.get(COOKIE)
    if sent == owner():
        return
    page_style("kit/owner_cookie")
    with st.container(key="kit/owner-cookie"):
        component("kit/owner")(
            data={"name": COOKIE, "value": owner(), "replace": sent is not None},
            key="kit/owner-cookie-writer",
        )
