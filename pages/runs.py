"""Runs: one of them live or at its end (`?run=`), or the list of all, to compare (`?compare=`)."""

from __future__ import annotations

import streamlit as st

from lab.presets import title_said
from lab.runs.wording import notice
from lab.texts import text
from pages.ui.kit.controls import escaped
from pages.ui.kit.entry import through_app
from pages.ui.kit.owner import owner, remember_owner
from pages.ui.kit.store import store
from pages.ui.runs.address import ADDRESS, no_such_run
from pages.ui.runs.all_runs_link import all_runs_link
from pages.ui.runs.control import control_bar
from pages.ui.runs.histories import past
from pages.ui.runs.list import runs_list
from pages.ui.runs.live import watch
from pages.ui.runs.result import confusion, result
from pages.ui.runs.row import state_badge

through_app()
remember_owner()
run_id = ADDRESS.shown().get("run", "")
ADDRESS.notice()
try:
    run = store().run(run_id) if run_id else None
    if run is None:
        st.title(text("runs.page"))
        st.caption(text("runs.kept"))
        if run_id:
            no_such_run(run_id)
        runs_list()
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.title(escaped(title_said(run.title or run.id)), anchor=False, width="content")
            state_badge(run)
            st.space("stretch")
            all_runs_link()
        known = past(run.id)
        control_bar(run)
        if known.history.started and (words := notice(known.history.started)):
            st.info(words, icon=":material/info:")
        result(run, known.history)
        if run.is_active or known.history.loss.steps:
            st.toggle(
                text("runs.log_scale"), value=True, key="runs/log-axes", help=text("runs.log_scale_help")
            )
        watch(run, f"{owner()}-{id(st.session_state)}")
        confusion(known.history)
        with st.expander(text("runs.configuration"), icon=":material/data_object:"):
            st.code(run.spec.model_dump_json(indent=2), language="json")
except OSError as error:
    st.error(str(error), icon=":material/error:")
