"""Who this browser is: an unguessable id kept in a cookie, so that what a person makes here finds them again.

Owns the cookie. Knows nothing of what is kept under the id; it is no login and carries no name.
"""

from __future__ import annotations

import secrets

import streamlit as st

from lab.ink.collection import is_owner_id

COOKIE = "layerlab_owner"
_KEY = "kit/owner"

_WRITE_COOKIE = """
export default function ({ data }) {
  const present = document.cookie.split("; ").some(c => c.startsWith(data.name + "=" ) && !data.replace)
  if (present) return
  const secure = location.protocol === "https:" ? "; Secure" : ""
  document.cookie = `${data.name}=${data.value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
}
"""
_cookie_writer = st.components.v2.component("layerlab_owner_cookie", html="<span></span>\n", js=_WRITE_COOKIE)


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
    st.html("<style>.st-key-kit-owner-cookie { display: none }</style>")
    with st.container(key="kit/owner-cookie"):
        _cookie_writer(
            data={"name": COOKIE, "value": owner(), "replace": sent is not None},
            key="kit/owner-cookie-writer",
        )
