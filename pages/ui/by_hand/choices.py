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
from lab.texts import Text, said, text
from pages.ui.by_hand import numbers, state
from pages.ui.kit.echo import showing, when_edited

_FIRST_OUTPUTS = ("relu", "sigmoid", SOFTMAX, "identity", "tanh")
_SAID = "by_hand/said"
_NO_LOSS = {"infinite": "by_hand_page.loss.infinite", "undefined": "by_hand_page.loss.undefined"}


def _title_of(name: str) -> str:
    return "Softmax" if name == SOFTMAX else str(ACTIVATIONS[name].title)


def _loss_title(name: str) -> str:
    return str(TERMS[name].title)


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
        st.warning(text(_NO_LOSS[trace.state], problem=trace.problem), width="stretch")
        for output in TERMS[trace.example.loss].fitting_outputs:
            if output != trace.example.output:
                label = text("by_hand_page.loss.use", output=output)
                st.button(label, on_click=_fit_output, args=(output,))


def _fit_output(output: str) -> None:
    state.change(example=replace(state.points()[-1].trace.example, output=output), taken=0)


def choices() -> None:
    """The row of choices above the picture."""
    setting = state.now()
    example, optimizer = setting.example, setting.optimizer
    outputs = (*_FIRST_OUTPUTS, *(name for name in OUTPUTS if name not in _FIRST_OUTPUTS))
    cells = st.columns([1, 1, 1.25, 1.25, 0.75, 1.7], vertical_alignment="bottom")
    rows: tuple[tuple[str, str, tuple[str, ...], Any, str], ...] = (
        ("hidden", text("by_hand_page.choices.hidden"), tuple(SLOPES), _title_of, example.hidden),
        ("output", text("by_hand_page.choices.output"), outputs, _title_of, example.output),
        ("loss", text("by_hand_page.choices.loss"), tuple(TERMS), _loss_title, example.loss),
    )
    for cell, (name, title, options, shown, value) in zip(cells, rows, strict=False):
        cell.selectbox(
            title,
            options,
            format_func=shown,
            key=_show(name, value),
            on_change=when_edited(_key(name), _example_changed),
            args=(name,),
        )
    cells[3].selectbox(
        text("by_hand_page.choices.optimizer"),
        tuple(RULES),
        format_func=lambda name: str(RULES[name].title),
        key=_show("optimizer", optimizer.name),
        on_change=when_edited(_key("optimizer"), _optimizer_changed),
    )
    _number_field(cells[4], LR, optimizer.lr)
    with cells[5].container(horizontal=True, gap="small"):
        st.button(
            text("by_hand_page.choices.undo"),
            icon=":material/undo:",
            on_click=_undo,
            disabled=not state.can_undo(),
            help=text("by_hand_page.choices.undo_help"),
        )
        st.button(
            "",
            icon=":material/redo:",
            on_click=_redo,
            disabled=not state.can_redo(),
            key="by_hand/redo",
            help=text("by_hand_page.choices.redo_help"),
        )
        st.button(
            "",
            icon=":material/restart_alt:",
            on_click=reset,
            key="by_hand/reset",
            help=text("by_hand_page.choices.reset_help"),
        )
        st.button(
            "",
            icon=":material/fullscreen_exit:" if setting.large else ":material/fullscreen:",
            on_click=_toggle_large,
            key="by_hand/large",
            help=text("by_hand_page.choices.large_help"),
        )
    _marks()


def _marks() -> None:
    for message in st.session_state.pop(_SAID, {}).values():
        st.error(str(message), icon=":material/error:")


def say(name: str, message: Text) -> None:
    """Marks one field until the next run."""
    st.session_state.setdefault(_SAID, {})[name] = message


def _number_field(place: Any, hyper: Hyperparameter, value: float) -> None:
    place.text_input(
        str(hyper.title),
        key=_show(hyper.name, full(value).removesuffix(".0")),
        on_change=when_edited(_key(hyper.name), _number_changed),
        args=(hyper,),
        help=text("by_hand_page.choices.allowed", bounds=hyper.bounds),
    )


def _number_changed(hyper: Hyperparameter) -> None:
    optimizer = state.now().optimizer
    typed = str(st.session_state[_key(hyper.name)])
    try:
        value = within(hyper, typed)
    except SpecError as error:
        kept = optimizer.lr if hyper.name == "lr" else optimizer.options[hyper.name]
        problem = error.errors[0].message
        say(
            hyper.name,
            said("by_hand_page.choices.stays", title=hyper.title, problem=problem, value=full(kept)),
        )
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
    rule = optimizer.rule
    st.markdown(
        text(
            "by_hand_page.choices.options",
            title=rule.title,
            summary=rule.summary,
            formula=rule.by_hand.formula,
        )
    )
    cells = st.columns(4)
    for cell, hyper in zip(cells, rule.hyperparameters, strict=False):
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
            text("by_hand_page.draw.initialisation"),
            tuple(TITLES),
            format_func=lambda name: str(TITLES[name]),
            key=_show("init", setting.init or PAPER),
            on_change=_drawn,
            width=260,
        )
        st.number_input(
            text("by_hand_page.draw.seed"),
            0,
            LARGEST_SEED,
            key=_show("seed", setting.seed or 0),
            on_change=_drawn,
            width=160,
        )
        st.button(
            text("by_hand_page.draw.draw"),
            icon=":material/casino:",
            on_click=_draw_next,
            help=text("by_hand_page.draw.draw_help"),
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sizes = setting.example.sizes
        st.segmented_control(
            text("by_hand_page.draw.layers"),
            tuple(range(1, MOST_HIDDEN_LAYERS + 1)),
            key=_show("depth", len(sizes) - 2),
            on_change=_resized,
            required=True,
        )
        for place, size in enumerate(sizes):
            last = len(sizes) - 1
            st.number_input(
                _size_title(place, last),
                1,
                MOST_UNITS_DRAWN,
                key=_show(f"size{'-out' if place == last else place}", size),
                on_change=_resized,
                width=120,
            )


def _size_title(place: int, last: int) -> str:
    if place == 0:
        return text("by_hand_page.draw.inputs")
    if place == last:
        return text("by_hand_page.draw.outputs")
    return text("by_hand_page.draw.hidden", layer=place)


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
