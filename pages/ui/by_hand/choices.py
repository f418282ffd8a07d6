"""The choices around the network: activations, loss, optimizer, learning rate, sizes, and a random draw.

Owns these controls and the marks beside them. Knows no picture and no formula.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lab.by_hand.digits import full
from lab.by_hand.draws import (
    LARGEST_SEED,
    MOST_HIDDEN_LAYERS,
    MOST_UNITS_DRAWN,
    PAPER,
    TITLES,
    starting_example,
)
from lab.by_hand.example import DOCUMENT, OUTPUTS, SOFTMAX
from lab.by_hand.offered import LR, RULES, SLOPES, TERMS, Hyperparameter
from lab.by_hand.setting import Setting, within
from lab.by_hand.tracer import Trace
from lab.by_hand.update import HandOptimizer
from lab.parts.activations import ACTIVATIONS
from lab.registry import SpecError
from pages.ui.by_hand import numbers, state
from pages.ui.kit.controls import showing

_FIRST_OUTPUTS = ("relu", "sigmoid", SOFTMAX, "identity", "tanh")
_SAID = "by_hand/said"


def _title_of(name: str) -> str:
    return "Softmax" if name == SOFTMAX else str(ACTIVATIONS[name].title)


def _key(name: str) -> str:
    return f"by_hand/{name}"


def _show(name: str, value: Any) -> str:
    return showing(_key(name), value)  # a link or undo may have changed it


def _example_changed(name: str) -> None:
    chosen = {name: st.session_state[_key(name)]}
    state.change(example=replace(state.points()[-1].trace.example, **chosen), taken=0)
    numbers.forget_mistake()


def loss_problem(trace: Trace) -> None:
    """Says why a loss has no value, with the output activation that would give it one."""
    if not trace.problem:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="by_hand/problem"):
        st.warning(f"The loss is {trace.state}. {trace.problem}.", width="stretch")
        for output in TERMS[trace.example.loss].fitting_outputs:
            if output != trace.example.output:
                st.button(f"Use {_title_of(output).lower()} outputs", on_click=_fit_output, args=(output,))


def _fit_output(output: str) -> None:
    state.change(example=replace(state.points()[-1].trace.example, output=output), taken=0)


def choices() -> None:
    """The row of choices above the picture."""
    setting = state.now()
    example, optimizer = setting.example, setting.optimizer
    outputs = (*_FIRST_OUTPUTS, *(name for name in OUTPUTS if name not in _FIRST_OUTPUTS))
    cells = st.columns([1, 1, 1.35, 1.35, 0.8, 1.2], vertical_alignment="bottom")
    rows: tuple[tuple[str, str, tuple[str, ...], Any, str], ...] = (
        ("hidden", "Hidden activation", tuple(SLOPES), _title_of, example.hidden),
        ("output", "Output activation", outputs, _title_of, example.output),
        ("loss", "Loss", tuple(TERMS), lambda name: str(TERMS[name].title), example.loss),
    )
    for cell, (name, title, options, shown, value) in zip(cells, rows, strict=False):
        cell.selectbox(
            title,
            options,
            format_func=shown,
            key=_show(name, value),
            on_change=_example_changed,
            args=(name,),
        )
    cells[3].selectbox(
        "Optimizer",
        tuple(RULES),
        format_func=lambda name: RULES[name].title,
        key=_show("optimizer", optimizer.name),
        on_change=_optimizer_changed,
    )
    _number_field(cells[4], LR, optimizer.lr)
    with cells[5].container(horizontal=True, gap="small"):
        st.button(
            "Undo",
            icon=":material/undo:",
            on_click=_undo,
            disabled=not state.can_undo(),
            help="Takes back the last change of a number or a choice.",
        )
        st.button(
            "",
            icon=":material/redo:",
            on_click=_redo,
            disabled=not state.can_redo(),
            key="by_hand/redo",
            help="Makes the change that was taken back again.",
        )
        st.button(
            "",
            icon=":material/restart_alt:",
            on_click=reset,
            key="by_hand/reset",
            help="Back to the document's example.",
        )
        st.button(
            "",
            icon=":material/fullscreen_exit:" if setting.large else ":material/fullscreen:",
            on_click=_toggle_large,
            key="by_hand/large",
            help="The picture over the full width, for a lecture hall.",
        )
    _marks()


def _marks() -> None:
    for message in st.session_state.pop(_SAID, {}).values():
        st.error(message, icon=":material/error:")


def say(name: str, message: str) -> None:
    """Marks one field until the next run."""
    st.session_state.setdefault(_SAID, {})[name] = message


def _number_field(place: Any, hyper: Hyperparameter, value: float) -> None:
    place.text_input(
        hyper.title,
        key=_show(hyper.name, full(value).removesuffix(".0")),
        on_change=_number_changed,
        args=(hyper,),
        help=f"Allowed: {hyper.bounds}.",
    )


def _number_changed(hyper: Hyperparameter) -> None:
    optimizer = state.now().optimizer
    text = str(st.session_state[_key(hyper.name)])
    try:
        value = within(hyper, text)
    except SpecError as error:
        kept = optimizer.lr if hyper.name == "lr" else optimizer.options[hyper.name]
        say(hyper.name, f"{hyper.title}: {error.errors[0].message}. It stays {full(kept)}.")
        return
    if hyper.name == "lr":
        state.change(optimizer=replace(optimizer, lr=value))
        return
    others = tuple(pair for pair in optimizer.changed if pair[0] != hyper.name)
    own = () if value == hyper.default else ((hyper.name, value),)
    state.change(optimizer=replace(optimizer, changed=(*others, *own)))


def _optimizer_changed() -> None:
    name = st.session_state[_key("optimizer")]
    state.change(optimizer=HandOptimizer(name, state.now().optimizer.lr))


def optimizer_options() -> None:
    """The options of the present optimizer."""
    optimizer = state.now().optimizer
    st.markdown(f"**{optimizer.rule.title}**: {optimizer.rule.summary} ${optimizer.rule.by_hand.formula}$")
    cells = st.columns(4)
    for cell, hyper in zip(cells, optimizer.rule.hyperparameters, strict=False):
        _number_field(cell, hyper, optimizer.options[hyper.name])


def _undo() -> None:
    state.undo()
    numbers.forget_mistake()


def _redo() -> None:
    state.redo()
    numbers.forget_mistake()


def reset() -> None:
    """Back to the document's example, its choices and its first step."""
    kept = state.now()
    plain = Setting()
    state.change(
        example=DOCUMENT,
        init="",
        seed=None,
        optimizer=plain.optimizer,
        taken=0,
        step=1,
        selected="",
        detail=kept.detail,
    )
    numbers.forget_mistake()


def _toggle_large() -> None:
    state.change(large=not state.now().large)


def draw() -> None:
    """New weights from a seed, and other sizes."""
    setting = state.now()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Initialisation",
            tuple(TITLES),
            format_func=lambda name: str(TITLES[name]),
            key=_show("init", setting.init or PAPER),
            on_change=_drawn,
            width=260,
        )
        st.number_input(
            "Seed",
            0,
            LARGEST_SEED,
            key=_show("seed", setting.seed or 0),
            on_change=_drawn,
            width=160,
        )
        st.button("Draw", icon=":material/casino:", on_click=_draw_next, help="Takes the next seed.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sizes = setting.example.sizes
        st.segmented_control(
            "Hidden layers",
            tuple(range(1, MOST_HIDDEN_LAYERS + 1)),
            key=_show("depth", len(sizes) - 2),
            on_change=_resized,
            required=True,
        )
        for place, size in enumerate(sizes):
            last = len(sizes) - 1
            title = "Inputs" if place == 0 else "Outputs" if place == last else f"Hidden {place}"
            st.number_input(
                title,
                1,
                MOST_UNITS_DRAWN,
                key=_show(f"size{'-out' if place == last else place}", size),
                on_change=_resized,
                width=120,
            )


def _drawn() -> None:
    name, seed = st.session_state[_key("init")], st.session_state[_key("seed")]
    _start_from(state.now().example.sizes, name if name in TITLES else PAPER, seed)


def _draw_next() -> None:
    seed = state.now().seed
    st.session_state[_key("seed")] = 0 if seed is None else (seed + 1) % (LARGEST_SEED + 1)
    _drawn()


def _resized() -> None:
    before = state.now()
    depth = st.session_state[_key("depth")] or 1
    hidden = [st.session_state.get(_key(f"size{place}"), 4) for place in range(1, depth + 1)]
    sizes = (st.session_state[_key("size0")], *hidden, st.session_state[_key("size-out")])
    bounded = tuple(min(max(int(size or 1), 1), MOST_UNITS_DRAWN) for size in sizes)
    _start_from(bounded, before.init, before.seed)


def _start_from(sizes: tuple[int, ...], name: str, seed: int | None) -> None:
    before = state.now().example
    init = "" if name == PAPER else name
    fresh = starting_example(sizes, init, seed)
    kept = {"hidden": before.hidden, "output": before.output, "loss": before.loss}
    if len(before.x) == sizes[0]:
        kept["x"] = before.x  # type: ignore[assignment]
    if len(before.y) == sizes[-1]:
        kept["y"] = before.y  # type: ignore[assignment]
    state.change(
        example=replace(fresh, **kept),  # type: ignore[arg-type]
        init=init,
        seed=seed,
        taken=0,
        selected="",
    )
    numbers.forget_mistake()
